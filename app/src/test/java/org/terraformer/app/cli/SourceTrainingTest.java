package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings of models that read a source. */
class SourceTrainingTest {
  private static final String ENCODER_DECODER = "\"model_type\": \"encoder_decoder\", \"encoder\": {\"blocks\": 2, "
      + "\"attention\": {\"type\": \"dense\", \"heads\": 4}}, \"cross_attention\": {\"type\": \"dense\", \"heads\": 4}";
  private static final String TERRAFORMER = "\"model_type\": \"terraformer\", \"attention_layers\": 1, "
      + "\"encoder\": {\"blocks\": 2, "
      + "\"attention\": {\"type\": \"dense\", \"heads\": 4}}";

  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return Main.run(line.replace("FOLDER", folder.toString()).split(" "), new PrintWriter(out), new PrintWriter(err, true));
  }

  private void config(String architecture, String rest) throws IOException {
    Files.writeString(folder.resolve("config.json"), """
        {"model": {%s, "width": 32, "blocks": 2, "max_length": 64, "attention": {"type": "dense", "heads": 4},
         "feed_forward": {"type": "dense", "hidden_size": 64}, %s}
        """.formatted(architecture, rest));
  }

  private JsonNode lastLine() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
    return new ObjectMapper().readTree(lines.getLast());
  }

  @ParameterizedTest
  @ValueSource(strings = {ENCODER_DECODER, TERRAFORMER})
  void aModelThatReadsASourceLearnsToCopyIt(String architecture) throws IOException {
    config(architecture, """
        "vocabulary_size": 8}, "data": {"type": "copy", "shortest": 3, "longest": 4}, "batch": 24, "steps": 400, "seed": 1,
         "schedule": {"type": "constant", "value": 0.004}, "validation": {"interval": 200, "tokens": 2000}
        """);
    assertThat(run("train --config FOLDER/config.json --out FOLDER/run")).as(err.toString()).isZero();
    assertThat(lastLine().get("validation_sequence_accuracy").asDouble()).isGreaterThanOrEqualTo(0.99);
    assertThat(run("evaluate --training FOLDER/run --model FOLDER/run/last --json")).as(err.toString()).isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("sequence_accuracy")).isEqualTo(lastLine().get("validation_sequence_accuracy"));
    assertThat(figures.get("tokens").asInt()).isPositive();
    err.getBuffer().setLength(0);
    assertThat(run("evaluate --model FOLDER/run/last --text FOLDER/config.json")).isEqualTo(2);
    assertThat(err.toString()).contains("The model is %s, which can't be evaluated on text alone, but on what its training held out "
        .formatted(architecture.equals(TERRAFORMER) ? "a terraformer" : "an encoder_decoder"));
  }

  @Test
  void aTrainingOnPairsGoesOnBitForBit() throws IOException {
    Files.writeString(folder.resolve("pairs.jsonl"), """
        {"article": "abcd efgh", "abstract": "ah"}
        {"article": "a much longer text than the others are", "abstract": "long"}
        {"article": "bcd", "abstract": "bd"}
        """.repeat(4));
    config(TERRAFORMER, """
        "tokenizer": "bytes", "vocabulary_size": 257, "end_id": 256}, "batch": 2, "accumulation": 2, "steps": 6, "chunked": true,
         "data": {"type": "pairs", "source_length": 24, "target_length": 8}, "validation": {"interval": 3, "tokens": 60}
        """);
    assertThat(run("train --config FOLDER/config.json --data FOLDER/pairs.jsonl --out FOLDER/run --backend scalar")).isZero();
    Terminal impatient = new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
    impatient.interruption().request();
    String begun = "train --config FOLDER/config.json --data FOLDER/pairs.jsonl --out FOLDER/parts --backend scalar";
    assertThat(Main.run(begun.replace("FOLDER", folder.toString()).split(" "), impatient)).isEqualTo(130);
    assertThat(run("train --resume --out FOLDER/parts --backend scalar")).isZero();
    assertThat(folder.resolve("parts/last/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("run/last/model.safetensors"));
  }

  @Test
  void whatSuchAModelCanNotLearnFromIsRefused() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "abc");
    config(TERRAFORMER, "\"tokenizer\": \"bytes\"}, \"steps\": 3, \"length\": 8");
    assertThat(run("train --config FOLDER/config.json --data FOLDER/text.txt --out FOLDER/run")).isEqualTo(2);
    assertThat(err.toString()).contains(
        "A model of the type terraformer reads a source, so its data must be pairs, copy or span_corruption.");
    config(TERRAFORMER, """
        "vocabulary_size": 8}, "steps": 3, "data": {"type": "copy", "longest": 4}, "samples": {"tokens": 4}
        """);
    assertThat(run("train --config FOLDER/config.json --out FOLDER/run")).isEqualTo(2);
    assertThat(err.toString()).contains(
        "A model of the type terraformer generates only behind a source, so samples.tokens must be 0.");
  }
}
