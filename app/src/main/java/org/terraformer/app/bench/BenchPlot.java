package org.terraformer.app.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.app.plot.ChartFile;

/**
 * Draws the time of a token, measured and as the bandwidth of memory allows: of one shape against the number of parameters, where the
 * limit is drawn for any number of blocks, and of a sweep against d_model.
 */
public final class BenchPlot {
  private static final Color[] COLOURS = {new Color(0x4d4d4d), new Color(0x1f77b4), new Color(0x2ca02c), new Color(0xff7f0e),
      new Color(0xd62728)};
  private static final BasicStroke DASHED = new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0);
  private static final double BEYOND = 1.5;
  private static final int STEPS = 40;

  private final List<BenchReport> reports;
  private final boolean sweep;
  private final double streaming;

  /**
   * @param sweep whether the reports are of one shape at several widths
   */
  public BenchPlot(List<BenchReport> reports, boolean sweep) {
    this.reports = List.copyOf(reports);
    this.sweep = sweep;
    this.streaming = reports.stream().mapToDouble(BenchReport::streaming).average().orElseThrow();
  }

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if the file can't be written
   */
  public void write(Path file) {
    ChartFile.write(file, chart());
  }

  private XYChart chart() {
    XYChart chart = ChartFile.chart(960, 600,
        "Unbatched decoding, %s".formatted(reports.getFirst().measurements().getFirst().dtype().toUpperCase(Locale.ROOT)),
        sweep ? "d_model" : "parameters, millions", "milliseconds per token");
    LogarithmicStyle.apply(chart.getStyler());
    List<List<Measurement>> variants = List.copyOf(variants().values());
    double[][] any = limit(variants.getFirst());
    XYSeries key = chart.addSeries(String.format(Locale.ROOT, "the bytes of its weights at %.1f GB/s", streaming / 1e9), any[0], any[1]);
    key.setMarker(SeriesMarkers.NONE).setLineColor(Color.GRAY).setLineStyle(DASHED);
    for (int i = 0; i < variants.size(); i++) {
      draw(chart, variants.get(i), COLOURS[i % COLOURS.length]);
    }
    return chart;
  }

  private void draw(XYChart chart, List<Measurement> points, Color colour) {
    double[][] limit = limit(points);
    XYSeries allowed = chart.addSeries("limit of " + points.getFirst().name(), limit[0], limit[1]);
    allowed.setMarker(SeriesMarkers.NONE).setLineColor(colour).setLineStyle(DASHED).setShowInLegend(false);
    XYSeries measured = chart.addSeries(points.getFirst().name(), points.stream().mapToDouble(this::x).toArray(),
        points.stream().mapToDouble(one -> 1e3 * one.secondsPerToken()).toArray());
    measured.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour).setLineColor(colour).setLineStyle(new BasicStroke(2));
  }

  private double x(Measurement one) {
    return sweep ? one.width() : one.parameters() / 1e6;
  }

  private double[][] limit(List<Measurement> points) {
    return sweep ? limitOfSweep(points) : limitByDepth(points.getFirst());
  }

  private double[][] limitOfSweep(List<Measurement> points) {
    return new double[][] {points.stream().mapToDouble(this::x).toArray(), points.stream().mapToDouble(one -> 1e3 * one.bytesPerToken() / streaming).toArray()};
  }

  /** The limit of the same model from one block to half as many again as it has. */
  private double[][] limitByDepth(Measurement one) {
    double[][] line = new double[2][STEPS];
    double most = Math.max(2, BEYOND * one.blocks());
    for (int i = 0; i < STEPS; i++) {
      double more = Math.exp(Math.log(most) * i / (STEPS - 1)) - one.blocks();
      line[0][i] = (one.parameters() + more * one.block().parameters()) / 1e6;
      line[1][i] = 1e3 * (one.bytesPerToken() + more * one.block().bytes()) / streaming;
    }
    return line;
  }

  private Map<String, List<Measurement>> variants() {
    Map<String, List<Measurement>> variants = new LinkedHashMap<>();
    for (BenchReport report : reports) {
      for (Measurement one : report.measurements()) {
        variants.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(one);
      }
    }
    return variants;
  }
}
