package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.golden.GoldenCase;
import org.terraformer.app.golden.GoldenFolder;

/** A Terraformer's checkpoint that trax wrote, from its files to what it generates, by command. */
@Tag("golden")
class SourceModelCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  private Path folder;

  private GoldenCase golden;
  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void anImportedModel() throws Exception {
    golden = GoldenFolder.cases().stream().filter(each -> each.name().equals("g_checkpoint_terraformer_adafactor")).findFirst().orElseThrow();
    assertThat(run("import-trax", golden.folder().resolve(golden.field("checkpoint_dir")).toString(), "--out", model(),
        "--class", golden.layer(), "--args", JSON.writeValueAsString(golden.arguments()))).as(err.toString()).isZero();
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err, true));
  }

  private String model() {
    return folder.resolve("model").toString();
  }

  private String source() {
    return ids(golden.ints("inputs.source"), golden.axis("inputs.source", 1));
  }

  private static String ids(int[] all, int count) {
    return Arrays.stream(all, 0, count).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }

  private int generate(String... more) {
    return run(java.util.stream.Stream.concat(java.util.stream.Stream.of("generate", "--model", model()), Arrays.stream(more))
        .toArray(String[]::new));
  }

  private void assertRefused(String sentence, String... more) {
    assertThat(generate(more)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void theModelGeneratesWhatTheReferenceGeneratesOfTheSource() {
    int count = golden.axis("outputs.decode_tokens", 1);
    String expected = ids(golden.ints("outputs.decode_tokens"), count);
    String tokens = Integer.toString(count);
    assertThat(generate("--source-ids", source(), "--max-tokens", tokens)).as(err.toString()).isZero();
    assertThat(out.toString().strip()).isEqualTo(expected);
    assertThat(generate("--source-ids", source() + " 0 0 0", "--max-tokens", tokens)).as("with padding: %s", err).isZero();
    assertThat(out.toString().strip()).isEqualTo(expected);
    assertThat(generate("--source-ids", source(), "--max-tokens", tokens, "--beams", "1")).as("with a beam: %s", err).isZero();
    assertThat(out.toString().strip()).isEqualTo(expected);
  }

  @Test
  void whatWasGeneratedCanBeContinued() {
    String[] expected = ids(golden.ints("outputs.decode_tokens"), 6).split(" ");
    assertThat(generate("--source-ids", source(), "--ids", expected[0] + " " + expected[1], "--max-tokens", "4")).as(err.toString()).isZero();
    assertThat(out.toString().strip()).isEqualTo(String.join(" ", Arrays.copyOfRange(expected, 2, 6)));
  }

  @Test
  void samplesOfASourceAreDrawnTogetherAndOneByOneAlike() {
    assertThat(generate("--source-ids", source(), "--temperature", "1", "--seed", "3", "--samples", "3", "--max-tokens", "5")).isZero();
    String[] together = out.toString().strip().split("\\R");
    assertThat(together).hasSize(3);
    assertThat(generate("--source-ids", source(), "--temperature", "1", "--seed", "3", "--max-tokens", "5")).isZero();
    assertThat(out.toString().strip()).isEqualTo(together[0]);
  }

  @Test
  void inspectShowsTheArchitectureAndAllParameters() throws Exception {
    assertThat(run("inspect", "--json", model())).as(err.toString()).isZero();
    JsonNode figures = JSON.readTree(out.toString());
    assertThat(figures.path("config").path("model_type").asText()).isEqualTo("terraformer");
    assertThat(figures.path("config").path("encoder").path("blocks").asInt()).isEqualTo(golden.arguments().get("n_encoder_layers"));
    long elements = 0;
    for (JsonNode tensor : figures.path("tensors")) {
      elements += IntStream.range(0, tensor.path("shape").size()).mapToLong(axis -> tensor.path("shape").get(axis).asLong()).reduce(1, (a, b) -> a * b);
    }
    assertThat(figures.path("parameters").asLong()).isEqualTo(elements).isPositive();
    assertThat(figures.path("bytes_per_token").asLong()).as("of the decoder alone").isLessThan(figures.path("bytes").asLong() / 2);
  }

  @Test
  void aSourceIsAskedForAndItsIdsAreChecked() {
    assertRefused("The model is a terraformer, which reads a source; give --source, --source-file or --source-ids.", "--ids", "1 2");
    assertRefused("Give only one of --source, --source-file and --source-ids.", "--source", "a", "--source-ids", "1");
    assertRefused("The source has no token besides padding (0); at least one is needed.", "--source-ids", "0 0");
    assertRefused("The source's token id 99 is not in the vocabulary, whose ids are 0 to 31.", "--source-ids", "1 99");
    assertRefused("The source has 29 tokens but the model knows 28 positions.", "--source-ids", "1 ".repeat(29));
    assertRefused("The model has no tokenizer; give token ids instead of text.", "--source", "some text");
    assertRefused("--source-ids has x but must be whole numbers separated by spaces.", "--source-ids", "1 x");
  }

  @Test
  void theEmbeddedModelReadsNoSource() {
    assertThat(run("generate", "--source", "a", "b")).isEqualTo(2);
    assertThat(err.toString()).contains("The embedded model was not trained on sources and what belongs to them; give --model.");
  }
}
