package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingLock;

class ParityCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  private Path folder;

  private final StringWriter err = new StringWriter();
  private Path texts;

  @BeforeEach
  void writeTexts() throws IOException {
    texts = Files.createDirectories(folder.resolve("texts"));
    Files.writeString(texts.resolve("train.txt"), "abcdefgh ".repeat(300));
    Files.writeString(texts.resolve("valid.txt"), "abcdefgh ".repeat(40));
  }

  private Terminal terminal() {
    return new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false);
  }

  private int run(Terminal terminal, Path config, Path out, String... more) {
    List<String> arguments = new ArrayList<>(List.of("experiment", "parity", "--config", config.toString(), "--data",
        texts.toString(), "--out", out.toString(), "--backend", "scalar"));
    arguments.addAll(List.of(more).contains("--decode-tokens") ? List.of() : List.of("--decode-tokens", "0"));
    arguments.addAll(List.of(more));
    return Main.run(arguments.toArray(String[]::new), terminal);
  }

  private int run(Path config, Path out, String... more) {
    return run(terminal(), config, out, more);
  }

  /** Two rows of tiny models, the first with two seeds, with changes to the training. */
  private Path config(String name, Object... changes) throws IOException {
    Map<String, Object> training = new LinkedHashMap<>(Map.of("batch", 2, "length", 8, "steps", 6, "samples", Map.of("tokens", 0),
        "schedule", Map.of("type", "multifactor", "factors", "constant", "constant", 0.01),
        "validation", Map.of("interval", 3, "tokens", 16), "model", Map.of("width", 8, "blocks", 1, "max_length", 64,
            "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 64))));
    for (int i = 0; i < changes.length; i += 2) {
      training.put((String) changes[i], changes[i + 1]);
    }
    Map<String, Object> map = Map.of("vocabulary_size", 262, "data", List.of("train.txt"), "validation", List.of("valid.txt"),
        "training", training, "rows", List.of(Map.of("name", "dense", "seeds", List.of(0, 1)),
            Map.of("name", "ff4", "title", "+ sparse FF", "training", Map.of("model", Map.of(
                "feed_forward", Map.of("type", "sparse", "block_size", 4, "low_rank", 4))))));
    return Files.write(folder.resolve(name), JSON.writeValueAsBytes(map));
  }

  @Test
  void aComparisonLeavesATableItsResultsAndItsCurves() throws IOException {
    Path out = folder.resolve("runs");
    Path report = folder.resolve("docs").resolve("table.md");
    assertThat(run(config("a.json"), out, "--report", report.toString(), "--decode-tokens", "4")).as(err.toString()).isZero();
    assertThat(report).content().contains("trained on 96 tokens of train.txt", "| + sparse FF |", "](table/curves.svg)",
        "Decoded on: ").containsPattern("\\| dense \\| [\\d,]+ \\(\\+0\\.00 %\\) \\| 64 \\| 96 \\| [\\d.]+ ± [\\d.]+ \\|"
        + " [\\d.]+ \\| \\+0\\.00 % \\| 0, 1 \\| [\\d,]+ \\| [\\d.]+ ± \\d+ % \\| 0\\.\\d\\d \\|");
    Path results = folder.resolve("docs").resolve("table");
    assertThat(results.resolve("curves.svg")).content().contains("<svg");
    JsonNode result = JSON.readTree(results.resolve("ff4-seed0.json").toFile());
    assertThat(result.get("curve")).hasSize(2);
    assertThat(result.get("validation_perplexity").asDouble()).isBetween(1.0, 1000.0);
    assertThat(results.resolve("dense-seed1.json")).exists();
    assertThat(out.resolve("runs").resolve("dense-seed1").resolve("best").resolve("tokenizer.json"))
        .hasSameBinaryContentAs(out.resolve("tokenizer.json"));
    StringWriter said = new StringWriter();
    Terminal script = new Terminal(new PrintWriter(said), new PrintWriter(err, true), false);
    err.getBuffer().setLength(0);
    assertThat(run(script, folder.resolve("a.json"), out, "--report", report.toString(), "--json")).isZero();
    assertThat(err.toString()).isEmpty();
    JsonNode rows = JSON.readTree(said.toString()).get("rows");
    assertThat(rows.findValuesAsText("title")).containsExactly("dense", "+ sparse FF");
    assertThat(rows.get(1).get("validation_perplexity")).isEqualTo(result.get("validation_perplexity"));
    assertThat(rows.get(0).get("above_first").asDouble()).isZero();
    assertThat(rows.get(0).get("decoding_ms_per_token").asDouble()).isPositive();
  }

  @Test
  void aRowThatWasNotRunSaysSoAndOneThatHasAResultIsNotRunAgain() throws IOException {
    Path out = folder.resolve("runs");
    Path report = out.resolve("parity.md");
    assertThat(run(config("a.json"), out, "--rows", "ff4")).as(err.toString()).isZero();
    assertThat(err.toString()).doesNotContain("learning rate");
    assertThat(report).content()
        .containsPattern("\\| dense .*\\| not run yet \\| - \\| - \\| 0 \\(not run yet\\), 1 \\(not run yet\\) \\|")
        .containsPattern("\\| \\+ sparse FF .*\\| - \\| 0 \\| [\\d,]+ \\|");
    Path elsewhere = folder.resolve("elsewhere");
    assertThat(run(config("a.json"), elsewhere, "--report", report.toString(), "--rows", "ff4")).isZero();
    assertThat(elsewhere).doesNotExist();
    assertThat(run(config("b.json", "steps", 5), out)).isEqualTo(2);
    assertThat(err.toString()).contains(
        "ff4-seed0.json is of a training with another steps; remove it, or give the row another name.");
  }

  @Test
  void aRowThatIsTrainedByAnotherProgramIsRefused() throws IOException {
    Path out = folder.resolve("runs");
    try (TrainingLock _ = new TrainingFolder(out.resolve("runs").resolve("ff4-seed0")).lock()) {
      assertThat(run(config("a.json"), out, "--rows", "ff4")).isEqualTo(2);
    }
    assertThat(err.toString()).contains(
        "Row ff4, seed 0: The folder ", "ff4-seed0 can't be trained in: another program is writing it.");
  }

  @Test
  void aTrainingThatHasEndedAndLostItsMetricsIsNamed() throws IOException {
    Path out = folder.resolve("runs");
    assertThat(run(config("a.json"), out, "--rows", "ff4")).as(err.toString()).isZero();
    Files.delete(out.resolve("parity/ff4-seed0.json"));
    Files.delete(out.resolve("runs/ff4-seed0/metrics.jsonl"));
    assertThat(run(config("a.json"), out, "--rows", "ff4")).isEqualTo(2);
    assertThat(err.toString().lines()).last().isEqualTo("terraformer: Row ff4, seed 0: the training has ended, but its metrics up to step 6 "
        + "are not in its metrics.jsonl any more; remove its folder to train it again.");
  }

  @Test
  void anInterruptedComparisonGoesOnBitForBit() throws IOException {
    Path config = config("a.json");
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    assertThat(run(config, whole, "--rows", "ff4")).isZero();
    Files.createDirectories(pieces);
    Files.copy(whole.resolve("tokenizer.json"), pieces.resolve("tokenizer.json"));
    Path cache = Files.createDirectories(pieces.resolve("cache"));
    try (var files = Files.list(whole.resolve("cache"))) {
      for (Path file : files.toList()) {
        Files.copy(file, cache.resolve(file.getFileName()));
      }
    }
    Terminal impatient = terminal();
    impatient.interruption().request();
    for (int i = 0; i < 3; i++) {
      assertThat(run(impatient, config, pieces, "--rows", "ff4")).isEqualTo(130);
    }
    assertThat(pieces.resolve("parity.md")).doesNotExist();
    assertThat(run(config, pieces, "--rows", "ff4")).as(err.toString()).isZero();
    assertThat(pieces.resolve("runs/ff4-seed0/state.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("runs/ff4-seed0/state.safetensors"));
  }

  @Test
  void aLastStepAtTheFullRateIsSaidOnceBeforeTheTrainings() throws IOException {
    Map<String, Object> cosine = Map.of("type", "multifactor", "factors", "constant * cosine_decay", "warmup_steps", 0,
        "steps_per_cycle", 6);
    assertThat(run(config("a.json", "schedule", cosine), folder.resolve("runs"))).as(err.toString()).isZero();
    assertThat(err.toString()).containsOnlyOnce("Row dense: The last step, 6, has the learning rate 0.100, the one before it 0.00670;");
  }

  @Test
  void whatIsWrongIsRefusedBeforeAnythingIsWritten() throws IOException {
    Path out = folder.resolve("runs");
    refused("In " + folder.resolve("a.json") + ": In row dense: The field lenght is unknown", config("a.json", "lenght", 4), out);
    refused("There is no row ff5; there are dense, ff4.", config("b.json"), out, "--rows", "ff5");
    refused("--report is table but must be a file whose name ends with .md.", config("b.json"), out, "--report", "table");
    refused("There is no configuration ", folder.resolve("none.json"), out);
    Files.delete(texts.resolve("valid.txt"));
    refused("There is no text file " + texts.resolve("valid.txt"), config("b.json"), out);
    assertThat(Main.run(new String[] {"experiment"}, terminal())).isEqualTo(2);
    assertThat(err.toString()).contains("An experiment is missing; there are parity.");
  }

  private void refused(String sentence, Path config, Path out, String... more) {
    assertThat(run(config, out, more)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
    assertThat(out).doesNotExist();
  }
}
