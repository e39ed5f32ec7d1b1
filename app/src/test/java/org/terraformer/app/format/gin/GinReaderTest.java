package org.terraformer.app.format.gin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.StatisticsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.app.format.DamagedFile;
import org.terraformer.app.format.Hardiness;
import org.terraformer.ports.failure.InvalidInputException;

class GinReaderTest {
  private static final String TRAINING = """
      # Of a training run.
      import trax.models
      from trax import layers

      d_model = 1_024
      rate = %other
      other = 1e-4
      attention = @trax.layers.MultiplicativeConvCausalAttention  # a class
      MultiplicativeConvCausalAttention.sparsity = 16
      wide/MultiplicativeConvCausalAttention.sparsity = 32
      wide/inner/MultiplicativeConvCausalAttention.share_qk = True

      Model.d_model = %d_model
      Model.sru = (1, 32)
      Model.single = (7)
      Model.tuple = (7,)
      Model.text = 'it''s' " one"
      Model.escaped = 'a\\'b'
      Model.long = \\
          'on the next line'
      Model.nothing = None
      Model.numbers = [
          -1,    # with comments
          +2.5, .5,
          5_000_000_000,
      ]
      Model.map = {'inputs': (1, %d_model), 'targets': {}}
      Model.stream = [@train/data.Tokenize(), @data.Batch]
      Model.rate = %rate
      Model.d_model = 512
      trax.models.Block:
        width = %d_model

        deep = True
      Other.x = 1
      """;

  private static GinConfig parse(String text) {
    return GinReader.parse(Path.of("config.gin"), text);
  }

  @Test
  void valuesAreThoseOfTheLanguage() {
    Map<String, Object> model = parse(TRAINING).parameters("", "Model");
    assertThat(model).containsEntry("d_model", 512).containsEntry("sru", List.of(1, 32)).containsEntry("single", 7)
        .containsEntry("tuple", List.of(7)).containsEntry("text", "its one").containsEntry("escaped", "a'b")
        .containsEntry("long", "on the next line").containsEntry("nothing", null)
        .containsEntry("numbers", Arrays.asList(-1, 2.5, 0.5, 5_000_000_000L))
        .containsEntry("map", Map.of("inputs", List.of(1, 1024), "targets", Map.of()))
        .containsEntry("stream", List.of(new GinReference("train", "data.Tokenize"), new GinReference("", "data.Batch")))
        .containsEntry("rate", 1e-4);
  }

  @Test
  void aBlockBindsTheParametersOfItsClass() {
    assertThat(parse(TRAINING).parameters("", "Block")).containsExactlyInAnyOrderEntriesOf(Map.of("width", 1024, "deep", true));
    assertThat(parse(TRAINING).parameters("", "Other")).containsExactly(Map.entry("x", 1));
  }

  @Test
  void anInnerScopeWinsOverAnOuterOne() {
    GinConfig config = parse(TRAINING);
    assertThat(config.parameters("", "MultiplicativeConvCausalAttention")).containsExactly(Map.entry("sparsity", 16));
    assertThat(config.parameters("wide/inner", "MultiplicativeConvCausalAttention"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("sparsity", 32, "share_qk", true));
  }

  @Test
  void aFileIsIncludedRelativeToTheOneThatIncludesIt(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("parts"));
    Files.writeString(folder.resolve("config.gin"), "include 'parts/base.gin'\nModel.width = 8\n");
    Files.writeString(folder.resolve("parts/base.gin"), "include 'sizes.gin'\nModel.width = 4\nModel.depth = %depth\n");
    Files.writeString(folder.resolve("parts/sizes.gin"), "depth = 3\n");
    assertThat(GinReader.read(folder.resolve("config.gin")).parameters("", "Model"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("width", 8, "depth", 3));
  }

  @Test
  void aFileThatIncludesItselfIsRefused(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("config.gin"), "include 'config.gin'\n");
    assertThatThrownBy(() -> GinReader.read(file)).isInstanceOf(InvalidInputException.class)
        .hasMessage(file + " includes more than 20 files within each other.");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "include 'missing.gin' | There is no gin file missing.gin, which line 1 of config.gin includes.",
      "Model.width 5 | Line 1 of config.gin has 5 where = was expected.",
      "Model.width = wide | Line 1 of config.gin has wide where a value (strings have quotes) was expected.",
      "Model.width = (1, 2 | Line 1 of config.gin has the end of the line where ) was expected.",
      "Model.width = 'x | Line 1 of config.gin has a string that does not end.",
      "Model.width = 99999999999999999999 | Line 1 of config.gin has the number 99999999999999999999, which is too large.",
      "Model.width = 5 6 | Line 1 of config.gin has 6 where the end of the line was expected.",
      "Model.width = $ | Line 1 of config.gin has the character $, which means nothing there.",
      "= 5 | Line 1 of config.gin has = where a name was expected."})
  void aMistakeIsNamedWithItsLine(String text, String sentence) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "%width | config.gin uses the macro %width, which it does not define; defined are a, b.",
      "%a | config.gin defines the macro %a by itself."})
  void aMacroWithoutAValueIsRefusedWhereItIsUsed(String value, String sentence) {
    GinConfig config = parse("a = %b\nb = [%a]\nModel.x = " + value + "\n");
    assertThatThrownBy(() -> config.parameters("", "Model")).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @Provide
  Arbitrary<DamagedFile> ginFiles() {
    return DamagedFile.of(TRAINING.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = Hardiness.FILES, seed = "6")
  @StatisticsReport(onFailureOnly = true)
  void damagedFilesAreReadOrRefused(@ForAll("ginFiles") DamagedFile file) throws Exception {
    Hardiness.check(bytes -> {
      GinConfig config = parse(new String(bytes, StandardCharsets.UTF_8));
      config.owners().forEach(owner -> config.parameters("wide/inner", owner));
    }, file);
  }
}
