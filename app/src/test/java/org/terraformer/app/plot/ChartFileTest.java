package org.terraformer.app.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.XYChart;
import org.terraformer.ports.failure.InvalidInputException;

class ChartFileTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"curve.svg", "curve.SVG"})
  void aChartReplacesThePictureThatIsThereAndLeavesNothingBesideIt(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "an older picture");
    ChartFile.write(file, chart());
    assertThat(Files.readString(file)).contains("<svg");
    assertThat(folder.toFile().list()).containsExactly(name);
  }

  @Test
  void aNameThatEndsWithPngIsABitmap() throws IOException {
    Path file = folder.resolve("curve.png");
    ChartFile.write(file, chart());
    assertThat(ImageIO.read(file.toFile())).isNotNull();
  }

  @Test
  void aPlaceThatCanBeWrittenIsLeftAsItIs() {
    ChartFile.check("--plot", folder.resolve("curve.svg"));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPlaceThatCantBeWrittenIsFoundBeforeThereIsAChart() throws IOException {
    Path missing = folder.resolve("no-such-folder").resolve("curve.svg");
    assertThatThrownBy(() -> ChartFile.check("--plot", missing)).isInstanceOf(InvalidInputException.class)
        .hasMessage("--plot is %s but there is no folder %s.", missing, missing.getParent());
    Path taken = Files.createDirectory(folder.resolve("folder.svg"));
    assertThatThrownBy(() -> ChartFile.check("--plot", taken)).isInstanceOf(InvalidInputException.class)
        .hasMessage("--plot is %s, which is a folder; it must be a file.", taken);
  }

  @Test
  void anotherKindOfPictureIsRefused() {
    assertThatThrownBy(() -> ChartFile.check("--plot", folder.resolve("curve.gif"))).isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith(" but must end with .svg or .png.");
  }

  private static XYChart chart() {
    XYChart chart = ChartFile.chart(200, 100, "A line", "x", "y");
    chart.addSeries("line", new double[] {1, 2}, new double[] {1, 2});
    return chart;
  }
}
