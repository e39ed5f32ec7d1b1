package org.terraformer.app.experiment;

import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.terraformer.app.plot.ChartFile;

/** Draws the validation losses of all rows against the tokens that were trained on, each the mean over its seeds. */
final class ValidationCurves {
  private static final double MILLION = 1e6;

  private ValidationCurves() {}

  static void write(Path file, ParityPlan plan, ParityResults results) {
    XYChart chart = ChartFile.chart(900, 600, "Validation", "tokens, millions", "loss, nats per token");
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    for (ParityRow row : plan.rows()) {
      List<RowResult> found = results.of(row);
      if (!found.isEmpty()) {
        long tokensPerStep = (long) row.config().batch() * row.config().length();
        List<RowResult.Point> first = found.getFirst().curve();
        chart.addSeries(row.title(), first.stream().mapToDouble(point -> point.step() * tokensPerStep / MILLION).toArray(),
            mean(found, first.size())).setMarker(SeriesMarkers.NONE);
      }
    }
    ChartFile.write(file, chart);
  }

  private static double[] mean(List<RowResult> results, int points) {
    double[] mean = new double[points];
    for (int i = 0; i < points; i++) {
      int at = i;
      mean[i] = results.stream().mapToDouble(result -> result.curve().get(at).loss()).average().orElseThrow();
    }
    return mean;
  }
}
