package org.terraformer.app.bench;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;

/** Charts in files, drawn alike. */
public final class ChartFile {
  private ChartFile() {}

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
   * @param chart makes the chart, once Java has been told that there is no display
   * @throws InvalidInputException if the file can't be written
   */
  public static void write(Supplier<XYChart> chart, Path file) {
    System.setProperty("java.awt.headless", "true");
    try {
      if (isSvg(file)) {
        VectorGraphicsEncoder.saveVectorGraphic(chart.get(), file.toString(), VectorGraphicsFormat.SVG);
      } else {
        BitmapEncoder.saveBitmapWithDPI(chart.get(), file.toString(), BitmapFormat.PNG, 150);
      }
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  static void style(XYStyler styler) {
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
