package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.tensor.Conversion;

/** Trainings that begin with the weights of a model that was trained before. */
class StartingFromModelTest {
  private static final String MODEL = """
      "model": {"width": 8, "blocks": 1, "max_length": 40, "tokenizer": "bytes", "end_id": 0,
        "attention": {"type": "sparse_qkv", "heads": 2}, "feed_forward": {"type": "sparse", "hidden_size": 16, "block_size": 4}}, """;
  private static final String SPANS = "\"data\": {\"type\": \"span_corruption\", \"window\": 30}, ";
  private static final String PAIRS = "\"data\": {\"type\": \"pairs\", \"source_length\": 9, \"target_length\": 5}, ";
  private static final String STANDING_STILL = "\"optimizer\": \"sgd\", \"schedule\": {\"type\": \"constant\", \"value\": 0}, ";

  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void preTrain() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "abcdefgh ".repeat(100));
    Files.writeString(folder.resolve("pairs.jsonl"), "{\"article\": \"abcd efgh\", \"abstract\": \"ah\"}\n".repeat(12));
    config("pre", MODEL + SPANS);
    assertThat(train("pre", "text.txt", "pre")).as(err.toString()).isZero();
    err.getBuffer().setLength(0);
  }

  private int run(String line) {
    return Main.run(line.replace("FOLDER", folder.toString()).split(" "), terminal());
  }

  private Terminal terminal() {
    return new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
  }

  private static String line(String config, String data, String out, String more) {
    return "train --config FOLDER/%s.json --data FOLDER/%s --out FOLDER/%s --backend scalar %s"
        .formatted(config, data, out, more).strip();
  }

  private int train(String config, String data, String out) {
    return run(line(config, data, out, ""));
  }

  private int trainFrom(String model, String config, String data, String out) {
    return run(line(config, data, out, "--from FOLDER/" + model));
  }

  private void config(String name, String fields) throws IOException {
    Files.writeString(folder.resolve(name + ".json"), "{" + fields + """
        "batch": 2, "steps": 4, "validation": {"interval": 2, "tokens": 60}, "samples": {"tokens": 0}}
        """);
  }

  private double validationLoss(String training) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve(training).resolve("metrics.jsonl"));
    return new ObjectMapper().readTree(lines.getLast()).get("validation_loss").asDouble();
  }

  private void assertRefused(String line, String sentence) {
    err.getBuffer().setLength(0);
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString().lines().toList().getLast())
        .isEqualTo("terraformer: " + sentence.replace("FOLDER", folder.toString()));
    assertThat(folder.resolve("tuned")).doesNotExist();
  }

  @Test
  void itsFirstLossIsTheModels() throws IOException {
    config("still", STANDING_STILL + SPANS);
    assertThat(trainFrom("pre/last", "still", "text.txt", "still")).as(err.toString()).isZero();
    assertThat(validationLoss("still")).isEqualTo(validationLoss("pre"));
    assertThat(err.toString()).doesNotContain("configured otherwise");
  }

  @Test
  void weightsOfEveryTypeBecomeF32AndAnotherConfigurationIsTold() throws IOException {
    for (String type : List.of("bf16", "f16", "q8")) {
      assertThat(run("convert FOLDER/pre/last --dtype " + type + " --out FOLDER/" + type)).as(err.toString()).isZero();
      config("still", STANDING_STILL + PAIRS
          + "\"dropout\": 0.1, \"model\": {\"positions\": {\"type\": \"learned\", \"initial_amplitude\": 0.1}}, ");
      assertThat(trainFrom(type, "still", "pairs.jsonl", "from-" + type)).as(err.toString()).isZero();
      assertThat(err.toString()).contains("the weights of %s fit, though that model is configured otherwise in: positions"
          .formatted(folder.resolve(type)));
      try (Arena arena = Arena.ofConfined()) {
        WeightSource expected = new ModelFolder(folder.resolve(type)).weights(arena);
        WeightSource found = new ModelFolder(folder.resolve("from-" + type).resolve("last")).weights(arena);
        assertThat(found.names()).containsExactlyInAnyOrderElementsOf(expected.names());
        for (String name : found.names()) {
          assertThat(Conversion.toFloats(found.find(name).orElseThrow())).as(name)
              .isEqualTo(Conversion.toFloats(expected.find(name).orElseThrow()));
        }
      }
    }
  }

  @Test
  void itGoesOnBitForBitWithoutTheModel() throws IOException {
    config("tune", PAIRS);
    assertThat(trainFrom("pre/best", "tune", "pairs.jsonl", "whole")).as(err.toString()).isZero();
    Terminal impatient = terminal();
    impatient.interruption().request();
    String begun = line("tune", "pairs.jsonl", "parts", "--from FOLDER/pre/best").replace("FOLDER", folder.toString());
    assertThat(Main.run(begun.split(" "), impatient)).isEqualTo(130);
    Files.move(folder.resolve("pre"), folder.resolve("elsewhere"));
    assertThat(run("train --resume --config FOLDER/tune.json --out FOLDER/parts --backend scalar")).as(err.toString()).isZero();
    assertThat(folder.resolve("parts/state.safetensors")).hasSameBinaryContentAs(folder.resolve("whole/state.safetensors"));
    assertThat(run("train --resume --out FOLDER/parts --backend scalar")).as(err.toString()).isZero();
    config("longer", PAIRS.replace("9", "12"));
    assertThat(trainFrom("whole/best", "longer", "pairs.jsonl", "longer")).as(err.toString()).isZero();
    assertThat(new ModelFolder(folder.resolve("whole/best")).config().generation().sourceTokens()).hasValue(9);
    assertThat(new ModelFolder(folder.resolve("longer/best")).config().generation().sourceTokens()).hasValue(12);
  }

  @Test
  void oneThatEndsBeforeItsFirstCheckpointStillHasTheWeights() throws IOException {
    config("leap", PAIRS
        + "\"optimizer\": \"sgd\", \"schedule\": {\"type\": \"constant\", \"value\": 1e38}, \"log_interval\": 1, ");
    assertThat(trainFrom("pre/last", "leap", "pairs.jsonl", "leap")).isEqualTo(2);
    try (Arena arena = Arena.ofConfined()) {
      WeightSource state = SafetensorsFile.open(folder.resolve("leap/state.safetensors"), arena);
      assertThat(state.find("training.state").orElseThrow().data().toArray(ValueLayout.JAVA_INT_UNALIGNED)).startsWith(0, 0);
      WeightSource model = new ModelFolder(folder.resolve("pre/last")).weights(arena);
      assertThat(Conversion.toFloats(state.find("embedding.weight").orElseThrow()))
          .isEqualTo(Conversion.toFloats(model.find("embedding.weight").orElseThrow()));
    }
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingIsWritten() throws IOException {
    config("tune", PAIRS);
    String fits = line("tune", "pairs.jsonl", "tuned", "--from FOLDER/");
    assertRefused(fits + "nowhere", "There is no model folder FOLDER/nowhere.");
    assertRefused("train --resume --out FOLDER/pre --from FOLDER/pre/last",
        "--from is for the start of a training; --resume goes on with the weights that the training has.");
    config("deep", PAIRS + "\"model\": {\"blocks\": 2}, ");
    assertRefused(line("deep", "pairs.jsonl", "tuned", "--from FOLDER/pre/last"), "FOLDER/pre/last/model.safetensors lacks 19 of "
        + "the model's 44 tensors: blocks.1.attention_norm.scale, blocks.1.attention_norm.bias, "
        + "blocks.1.attention.multiplicative.gates and others.");
    config("shallow", PAIRS + "\"model\": {\"blocks\": 0}, ");
    assertRefused(line("shallow", "pairs.jsonl", "tuned", "--from FOLDER/pre/last"), "FOLDER/pre/last/model.safetensors has tensors "
        + "that the model does not know (19): blocks.0.attention.multiplicative.gates, blocks.0.attention.multiplicative.projection, "
        + "blocks.0.attention.query.weight and others.");
    config("long", PAIRS + "\"model\": {\"max_length\": 50}, ");
    assertRefused(line("long", "pairs.jsonl", "tuned", "--from FOLDER/pre/last"),
        "The tensor positions.weight of FOLDER/pre/last/model.safetensors has shape [40, 8] but the model needs [50, 8].");
  }

  @Test
  void theTokenizerIsTheModels() throws IOException {
    assertThat(run("train-tokenizer --data FOLDER/text.txt --vocabulary-size 260 --out FOLDER/one.json"))
        .as(err.toString()).isZero();
    assertThat(run("train-tokenizer --data FOLDER/pairs.jsonl --field article --vocabulary-size 260 --out FOLDER/other.json"))
        .isZero();
    config("pre", MODEL.replace("\"tokenizer\": \"bytes\", ", "") + SPANS);
    assertThat(run(line("pre", "text.txt", "bpe", "--tokenizer FOLDER/one.json"))).as(err.toString()).isZero();
    config("tune", PAIRS);
    assertRefused(line("tune", "pairs.jsonl", "tuned", "--from FOLDER/bpe/last --tokenizer FOLDER/other.json"),
        "The tokenizer FOLDER/other.json is not that of the model FOLDER/bpe/last, whose weights know no other; --tokenizer may be left out.");
    assertThat(trainFrom("bpe/last", "tune", "pairs.jsonl", "tuned")).as(err.toString()).isZero();
    assertThat(folder.resolve("tuned/best/tokenizer.json")).hasSameBinaryContentAs(folder.resolve("one.json"));
    assertThat(run(line("tune", "pairs.jsonl", "same", "--from FOLDER/bpe/last --tokenizer FOLDER/one.json")))
        .as(err.toString()).isZero();
  }
}
