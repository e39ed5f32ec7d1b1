package org.terraformer.app.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;

/** A picture of curves, as SVG. */
public final class Picture {
  private Picture() {}

  /** An empty chart. */
  public static XYChart chart(String title, String x, String y) {
    System.setProperty("java.awt.headless", "true");
    return new XYChartBuilder().width(900).height(600).title(title).xAxisTitle(x).yAxisTitle(y).build();
  }

  /**
   * Writes a chart; a picture that is there is replaced at once.
   *
   * @throws InvalidInputException if the file can't be written
   */
  public static void write(Path file, XYChart chart) {
    try {
      ReplacedFile.write(file, partial -> {
        // The encoder adds the ending that its format has.
        Path picture = partial.resolveSibling(partial.getFileName() + ".svg");
        VectorGraphicsEncoder.saveVectorGraphic(chart, picture.toString(), VectorGraphicsFormat.SVG);
        Files.move(picture, partial);
      });
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }
}
