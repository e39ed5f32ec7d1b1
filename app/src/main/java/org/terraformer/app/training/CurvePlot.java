package org.terraformer.app.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.app.plot.ChartFile;

/** Draws the losses of a training and of its validations. */
final class CurvePlot {
  private CurvePlot() {}

  static void write(Path file, List<JsonNode> metrics) {
    XYChart chart = ChartFile.chart(900, 600, "Training", "step", "loss, nats per token");
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    boolean drawn = add(chart, "training", "loss", metrics) | add(chart, "validation", "validation_loss", metrics);
    if (!drawn) {
      return;
    }
    ChartFile.write(file, chart);
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
