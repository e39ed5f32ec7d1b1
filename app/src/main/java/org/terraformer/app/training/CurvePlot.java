package org.terraformer.app.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;

/** Draws the losses of a training and of its validations. */
final class CurvePlot {
  private CurvePlot() {}

  static void write(Path file, List<JsonNode> metrics) {
    System.setProperty("java.awt.headless", "true");
    XYChart chart = new XYChartBuilder().width(900).height(600).title("Training")
        .xAxisTitle("step").yAxisTitle("loss, nats per token").build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    boolean drawn = add(chart, "training", "loss", metrics) | add(chart, "validation", "validation_loss", metrics);
    if (!drawn) {
      return;
    }
    try {
      ReplacedFile.write(file, partial -> {
        // The encoder adds the ending that its format has.
        Path picture = partial.resolveSibling(partial.getFileName() + ".svg");
        VectorGraphicsEncoder.saveVectorGraphic(chart, picture.toString(), VectorGraphicsFormat.SVG);
        Files.move(picture, partial);
      });
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private static boolean add(XYChart chart, String name, String field, List<JsonNode> metrics) {
    List<JsonNode> points = metrics.stream().filter(line -> line.has(field)).toList();
    if (points.isEmpty()) {
      return false;
    }
    chart.addSeries(name, points.stream().mapToDouble(line -> line.get("step").asDouble()).toArray(),
        points.stream().mapToDouble(line -> line.get(field).asDouble()).toArray()).setMarker(SeriesMarkers.NONE);
    return true;
  }
}
