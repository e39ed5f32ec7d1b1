package org.terraformer.app.bench;

import java.awt.BasicStroke;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.ports.failure.InvalidInputException;

/** Draws the time of a token against the parameters of each variant, and what the bandwidth of memory allows. */
public final class BenchPlot {
  private final List<BenchReport> reports;

  public BenchPlot(List<BenchReport> reports) {
    this.reports = reports;
  }

  /**
   * @throws InvalidInputException if the name ends neither with .svg nor with .png
   */
  public static void check(Path file) {
    if (!isSvg(file) && !file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw InvalidInputException.of("--plot is %s but must end with .svg or .png.", file);
    }
  }

  private static boolean isSvg(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
  }

  /**
   * @throws InvalidInputException if the file can't be written
   */
  public void write(Path file) {
    System.setProperty("java.awt.headless", "true");
    try {
      if (isSvg(file)) {
        VectorGraphicsEncoder.saveVectorGraphic(chart(), file.toString(), VectorGraphicsFormat.SVG);
      } else {
        BitmapEncoder.saveBitmapWithDPI(chart(), file.toString(), BitmapFormat.PNG, 150);
      }
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private XYChart chart() {
    XYChart chart = new XYChartBuilder().width(900).height(600).title("Unbatched decoding").xAxisTitle("parameters, millions")
        .yAxisTitle("milliseconds per token").build();
    chart.getStyler().setYAxisLogarithmic(true).setXAxisLogarithmic(reports.size() > 1).setLegendPosition(LegendPosition.OutsideE);
    for (Map.Entry<String, List<Measurement>> variant : points().entrySet()) {
      List<Measurement> points = variant.getValue();
      double[] parameters = points.stream().mapToDouble(one -> one.parameters() / 1e6).toArray();
      add(chart, variant.getKey(), parameters, points.stream().mapToDouble(one -> 1e3 * one.secondsPerToken()).toArray(),
          SeriesLines.SOLID, SeriesMarkers.CIRCLE);
      add(chart, variant.getKey() + ", its bytes at streaming speed", parameters,
          points.stream().mapToDouble(one -> 1e3 * one.bytesPerToken() / one.streaming()).toArray(), SeriesLines.DOT_DOT, SeriesMarkers.CROSS);
    }
    return chart;
  }

  private static void add(XYChart chart, String name, double[] x, double[] y, BasicStroke line, Marker marker) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(marker);
    series.setLineStyle(x.length > 1 ? line : SeriesLines.NONE);
  }

  private Map<String, List<Measurement>> points() {
    Map<String, List<Measurement>> points = new LinkedHashMap<>();
    for (BenchReport report : reports) {
      for (Measurement one : report.measurements()) {
        points.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(one);
      }
    }
    return points;
  }
}
