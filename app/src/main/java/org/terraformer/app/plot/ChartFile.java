package org.terraformer.app.plot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;

/** Charts, and the files that they are drawn in. */
public final class ChartFile {
  private static final String SVG = ".svg";
  private static final String PNG = ".png";
  private static final int PNG_DOTS_PER_INCH = 150;

  private ChartFile() {}

  /** An empty chart, so many points wide and high. */
  public static XYChart chart(int width, int height, String title, String x, String y) {
    System.setProperty("java.awt.headless", "true");
    return new XYChartBuilder().width(width).height(height).title(title).xAxisTitle(x).yAxisTitle(y).build();
  }

  /**
   * Finds out whether a chart can be written, before the work that it is to show.
   *
   * @param option that names the file, for the message
   * @throws InvalidInputException if the name ends neither with .svg nor with .png, or no file can be written there
   */
  public static void check(String option, Path file) {
    if (!endsWith(file, SVG) && !endsWith(file, PNG)) {
      throw InvalidInputException.of("%s is %s but must end with .svg or .png.", option, file);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of("%s is %s but there is no folder %s.", option, file, folder);
    }
    if (Files.isDirectory(file)) {
      throw InvalidInputException.of("%s is %s, which is a folder; it must be a file.", option, file);
    }
    try {
      Files.delete(Files.createTempFile(folder, ReplacedFile.PARTIAL, ""));
    } catch (IOException e) {
      throw refused(file, e);
    }
  }

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /**
   * Draws a chart as PNG if the file's name ends so, else as SVG; a picture that is there is replaced at once.
   *
   * @throws InvalidInputException if the file can't be written
   */
  public static void write(Path file, XYChart chart) {
    try {
      ReplacedFile.write(file, partial -> {
        // The encoders add the ending that their format has.
        Path picture = partial.resolveSibling(partial.getFileName() + (endsWith(file, PNG) ? PNG : SVG));
        try {
          draw(chart, picture);
          Files.move(picture, partial);
        } finally {
          Files.deleteIfExists(picture);
        }
      });
    } catch (IOException e) {
      throw refused(file, e);
    }
  }

  private static void draw(XYChart chart, Path picture) throws IOException {
    if (endsWith(picture, PNG)) {
      BitmapEncoder.saveBitmapWithDPI(chart, picture.toString(), BitmapFormat.PNG, PNG_DOTS_PER_INCH);
    } else {
      VectorGraphicsEncoder.saveVectorGraphic(chart, picture.toString(), VectorGraphicsFormat.SVG);
    }
  }

  private static InvalidInputException refused(Path file, IOException cause) {
    return new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(cause)), cause);
  }
}
