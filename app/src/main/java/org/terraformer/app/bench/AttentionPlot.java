package org.terraformer.app.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.app.plot.ChartFile;

/** Draws the time of a decoded token in attention against the tokens in the cache, and beside it what hashing finds. */
public record AttentionPlot(AttentionReport report) {
  private static final Color FULL = new Color(0x4d4d4d);
  private static final Color HASHED = new Color(0xd62728);
  /** Of a point's height: where its label stands. */
  private static final double BESIDE = 0.8;

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if the file can't be written
   */
  public void write(Path file) {
    ChartFile.write(file, chart());
  }

  private XYChart chart() {
    XYChart chart = ChartFile.chart(960, 600,
        "Attention of one decoded token, %d heads of %d; part of full attention's mass that LSH finds".formatted(
            report.options().heads(), AttentionBenchOptions.HEAD_SIZE),
        "tokens in the cache", "milliseconds per token");
    LogarithmicStyle.apply(chart.getStyler());
    draw(chart, "full attention", FULL, AttentionReport.Point::fullSeconds);
    draw(chart, "LSH, %d rounds".formatted(report.options().hashes()), HASHED, AttentionReport.Point::hashedSeconds);
    chart.getStyler().setXAxisLogarithmicDecadeOnly(true);
    chart.getStyler().setYAxisLogarithmicDecadeOnly(true);
    chart.getStyler().setAnnotationTextFont(chart.getStyler().getAxisTickLabelsFont());
    report.points().forEach(point -> chart.addAnnotation(new AnnotationText(
        "%.0f %%".formatted(100 * point.mass()), point.context(), BESIDE * 1e3 * point.hashedSeconds(), false)));
    return chart;
  }

  private void draw(XYChart chart, String name, Color colour, ToDoubleFunction<AttentionReport.Point> seconds) {
    XYSeries series = chart.addSeries(name, report.points().stream().mapToDouble(AttentionReport.Point::context).toArray(),
        report.points().stream().mapToDouble(point -> 1e3 * seconds.applyAsDouble(point)).toArray());
    series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour).setLineColor(colour).setLineStyle(new BasicStroke(2));
  }
}
