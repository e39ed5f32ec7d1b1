package org.terraformer.app.bench;

import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;

/** How charts of times look: both axes are logarithmic. */
final class LogarithmicStyle {
  private LogarithmicStyle() {}

  static void apply(XYStyler styler) {
    styler.setYAxisLogarithmic(true);
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmicDecadeOnly(false);
    styler.setXAxisLogarithmicDecadeOnly(false);
    styler.setMarkerSize(10);
    styler.setDecimalPattern("0.###");
    styler.setPlotGridLinesColor(new Color(0xe4e4e4));
    styler.setPlotBorderVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendSeriesLineLength(28);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    styler.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
  }
}
