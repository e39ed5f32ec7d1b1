package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingLock;

class TrainCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STEPS = 12;

  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), "abcdefgh ".repeat(200));
  }

  private int run(String... arguments) {
    return run(new Terminal(new PrintWriter(out), new PrintWriter(err, true), false), arguments);
  }

  private static int run(Terminal terminal, String... arguments) {
    return Main.run(arguments, terminal);
  }

  /** A tiny sparse model that is validated every fourth step, with changes to the configuration. */
  private Path config(String name, Object... changes) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model", new LinkedHashMap<>(Map.of("width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes",
        "attention", Map.of("type", "sparse_qkv", "heads", 2),
        "feed_forward", Map.of("type", "sparse", "hidden_size", 16, "block_size", 4, "dropout", 0.1))));
    map.put("schedule", Map.of("type", "multifactor", "factors", "constant", "constant", 0.01));
    map.put("batch", 2);
    map.put("length", 9);
    map.put("steps", STEPS);
    map.put("clip", 1);
    map.put("validation", Map.of("interval", 4, "tokens", 30));
    map.put("samples", Map.of("prompt", "ab", "tokens", 4));
    for (int i = 0; i < changes.length; i += 2) {
      map.put((String) changes[i], changes[i + 1]);
    }
    try {
      return Files.write(folder.resolve(name), JSON.writeValueAsBytes(map));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private int train(Path config, Path target, String... more) {
    List<String> arguments = new ArrayList<>(List.of(
        "train", "--config", config.toString(), "--data", text.toString(), "--out", target.toString(), "--backend", "scalar"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private static List<JsonNode> metrics(Path target) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(target.resolve("metrics.jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void aTrainingLeavesItsModelsItsFiguresAndItsPicture() throws IOException {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json"), target)).as(err.toString()).isZero();
    assertThat(err.toString()).contains("step 4: validation loss ", "step 12: validation loss ", "  ab", "12 steps of 12");
    assertThat(target.resolve("curves.svg")).content().contains("<svg");
    assertThat(target.resolve("samples.txt")).content().contains("step 8: ab");
    List<JsonNode> metrics = metrics(target);
    assertThat(metrics).extracting(line -> line.get("step").asInt()).containsExactly(4, 4, 8, 8, 10, 12, 12);
    assertThat(metrics.getFirst().fieldNames()).toIterable().containsExactly(
        "step", "tokens", "loss", "perplexity", "gradient_norm", "learning_rate", "tokens_per_second");
    assertThat(metrics.getLast().get("validation_loss").asDouble()).isLessThan(metrics.get(1).get("validation_loss").asDouble());
    for (String model : List.of("best", "last")) {
      assertThat(run("generate", "--model", target.resolve(model).toString(), "--max-tokens", "3", "abc")).isZero();
      assertThat(run("inspect", target.resolve(model).toString())).isZero();
    }
  }

  @Test
  void aTrainedModelIsEvaluatedOnAnyText() throws Exception {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json", "steps", 4), target, "-q")).isZero();
    Path passages = Files.writeString(folder.resolve("passages.jsonl"),
        "{\"text\": \"ab cd ef\"}\n{\"text\": \"a longer passage, longer than all that the model knows\"}\n");
    String[][] tasks = {{"--text", text.toString(), "--limit", "200", "--stride", "16"}, {"--lambada", passages.toString()},
        {"--blimp", pairs().toString()}};
    for (String[] task : tasks) {
      out.getBuffer().setLength(0);
      List<String> arguments = new ArrayList<>(List.of("evaluate", "--model", target.resolve("last").toString(), "--json",
          "--backend", "scalar"));
      arguments.addAll(List.of(task));
      assertThat(run(arguments.toArray(String[]::new))).as(err.toString()).isZero();
      JsonNode figures = JSON.readTree(out.toString());
      assertThat(figures.get("perplexity").asDouble()).isBetween(1.0, 1000.0);
      assertThat(figures.get("bits_per_byte").asDouble()).isPositive();
      assertThat(figures.get("tokens").asInt()).isPositive();
      assertThat(figures.get("accuracy").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(run("evaluate", "--model", target.resolve("last").toString(), "--text", text.toString(), "--stride", "99"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("The stride is 99 but must be from 1 to the window's 64 tokens.");
  }

  @Test
  void aTextIsEvaluatedAsTheTrainingValidatesOnIt() throws IOException {
    Path valid = Files.writeString(folder.resolve("valid.jsonl"), "{\"text\": \"abcdefghabcdefghab\"}\n" + "{\"text\": \"abc\"}\n".repeat(20));
    Path target = folder.resolve("run");
    Map<String, Object> model = Map.of("width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes", "vocabulary_size", 257,
        "end_id", 256,
        "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16));
    assertThat(train(config("a.json", "steps", 4, "model", model), target, "-q", "--validation", valid.toString())).isZero();
    assertThat(run("evaluate", "--training", target.toString(), "--json", "--backend", "scalar")).as(err.toString()).isZero();
    assertThat(JSON.readTree(out.toString()).get("tokens").asInt()).isEqualTo(30);
    out.getBuffer().setLength(0);
    Files.writeString(valid, "this is not JSON\n", StandardOpenOption.APPEND);
    assertThat(run("evaluate", "--model", target.resolve("last").toString(), "--json", "--backend", "scalar",
        "--text", valid.toString(), "--context", "9", "--stride", "9", "--limit", "30")).as(err.toString()).isZero();
    JsonNode figures = JSON.readTree(out.toString());
    JsonNode told = metrics(target).getLast();
    assertThat(figures.get("perplexity").asDouble())
        .isCloseTo(told.get("validation_perplexity").asDouble(), withinPercentage(0.001));
    assertThat(figures.get("tokens").asInt()).isEqualTo(30);
    assertThat(figures.get("bytes").asInt()).as("without the ids that end three texts").isEqualTo(27);
    assertThat(figures.get("bits_per_byte").asDouble())
        .isCloseTo(told.get("validation_bits_per_byte").asDouble(), withinPercentage(0.001));
    assertThat(figures.get("accuracy")).isEqualTo(told.get("validation_accuracy"));
  }

  @Test
  void aTrainingGoesOnWithTheSameTextsOnly() throws IOException {
    Path target = folder.resolve("run");
    Path config = config("a.json");
    assertThat(train(config, target, "-q")).isZero();
    Files.writeString(text, "other", StandardOpenOption.APPEND);
    for (List<String> line : List.of(List.of("train", "--resume", "--out", target.toString()),
        List.of("train", "--resume", "--config", config.toString(), "--out", target.toString()),
        List.of("evaluate", "--training", target.toString()))) {
      err.getBuffer().setLength(0);
      assertThat(run(line.toArray(String[]::new))).isEqualTo(2);
      assertThat(err.toString()).contains("The text file " + text + " has changed since the training in " + target
          + " was begun; a training goes on with the same texts only.");
    }
  }

  /** Two pairs with blank lines between, and what macOS packs beside them. */
  private Path pairs() throws IOException {
    Path file = folder.resolve("pairs.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("data/letters.jsonl"));
      zip.write("{\"sentence_good\": \"abcdefgh\", \"sentence_bad\": \"hgfedcba\", \"UID\": \"letters\"}\n\n".repeat(2)
          .getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("__MACOSX/data/._letters.jsonl"));
      zip.write(new byte[] {0, 5});
    }
    return file;
  }

  @Test
  void anInterruptedTrainingIsSavedAndGoesOnBitForBit() throws IOException {
    Path whole = folder.resolve("whole");
    Path pieces = folder.resolve("pieces");
    assertThat(train(config("a.json"), whole)).isZero();
    Terminal impatient = new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
    impatient.interruption().request();
    assertThat(run(impatient, "train", "--config", config("b.json").toString(), "--data", text.toString(), 
        "--out", pieces.toString(), "--cache", whole.resolve("cache").toString(), "--backend", "scalar")).isEqualTo(130);
    for (int step = 2; step < 6; step++) {
      assertThat(run(impatient, "train", "--resume", "--out", pieces.toString(), "--backend", "scalar")).isEqualTo(130);
      assertThat(err.toString()).contains("%d steps of 12".formatted(step), "interrupted; --resume goes on");
    }
    assertThat(run("train", "--resume", "--out", pieces.toString(), "--backend", "scalar")).isZero();
    assertSameTraining(pieces, whole);
  }

  private static void assertSameTraining(Path found, Path expected) throws IOException {
    assertThat(found.resolve("state.safetensors")).hasSameBinaryContentAs(expected.resolve("state.safetensors"));
    for (String model : List.of("best", "last")) {
      assertThat(found.resolve(model).resolve("model.safetensors"))
          .hasSameBinaryContentAs(expected.resolve(model).resolve("model.safetensors"));
    }
    assertThat(validations(found)).isEqualTo(validations(expected));
    try (Stream<Path> files = Files.walk(found)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith(".partial"))).isEmpty();
    }
  }

  private static List<String> validations(Path target) throws IOException {
    return metrics(target).stream().filter(line -> line.has("validation_loss")).map(JsonNode::toString).toList();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aTrainingThatIsKilledLosesNoMoreThanTheStepsSinceItsLastCheckpoint() throws Exception {
    Path config = config("a.json", "steps", 60);
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    assertThat(train(config, whole, "-q")).isZero();
    String[][] commands = {
        {"train", "--config", config.toString(), "--data", text.toString(), "--out", killed.toString(), "--backend", "scalar"},
        {"train", "--resume", "--out", killed.toString(), "--backend", "scalar"}};
    // Each time it is killed in the midst of whatever comes after the line of a validation.
    String[] moments = {"step 4:", "step 20:"};
    for (int i = 0; i < commands.length; i++) {
      Process process = new ProcessBuilder(command(commands[i])).start();
      try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
        String line = said.readLine();
        while (line != null && !line.startsWith(moments[i])) {
          line = said.readLine();
        }
        assertThat(line).as("a line about %s", moments[i]).isNotNull();
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(run("train", "--resume", "--out", killed.toString(), "--backend", "scalar")).as(err.toString()).isZero();
    assertThat(err.toString()).containsPattern("going on after step (16|2\\d|[345]\\d)\\b");
    assertSameTraining(killed, whole);
  }

  @Test
  void aBestModelWhoseReplacingWasInterruptedIsNotLost() throws IOException {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json"), target, "-q")).isZero();
    Path best = target.resolve("best");
    byte[] weights = Files.readAllBytes(best.resolve("model.safetensors"));
    Path whole = Files.move(best, target.resolve("moved"));
    Files.move(whole, Files.createDirectories(best).resolve(".partial-moving"));
    assertThat(run("train", "--resume", "--out", target.toString(), "-q")).as(err.toString()).isZero();
    assertThat(best.resolve("model.safetensors")).hasBinaryContent(weights);
    assertThat(run("inspect", best.toString())).isZero();
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector",
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  @Test
  void aTrainingThatDivergesEndsWithASentenceAndKeepsItsLastGoodCheckpoint() throws IOException {
    Path target = folder.resolve("run");
    Object leap = Map.of("type", "multifactor", "factors", "two_constants", "constant", 0.01, "second_constant", 1e38,
        "second_constant_step", 6);
    assertThat(train(config("a.json", "schedule", leap, "optimizer", "sgd"), target)).isEqualTo(2);
    assertThat(err.toString()).containsPattern("terraformer: The (loss|gradient)[^\\n]* step [78][^\\n]*");
    try (Arena arena = Arena.ofConfined()) {
      int[] numbers = SafetensorsFile.open(target.resolve("state.safetensors"), arena).find("training.state").orElseThrow().data()
          .toArray(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED);
      assertThat(numbers[0]).isEqualTo(4);
    }
    assertThat(run("generate", "--model", target.resolve("last").toString(), "--max-tokens", "3", "abc")).isZero();
  }

  @Test
  void chosenUnitsAloneAreComputedWhereThatIsAskedFor() throws IOException {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json", "steps", 4), target, "--sparse-compute")).as(err.toString()).isZero();
    JsonNode layer = JSON.readTree(target.resolve("training.json").toFile()).at("/config/model/feed_forward");
    assertThat(layer.get("sparse_compute").asBoolean()).isTrue();
    assertThat(run("train", "--resume", "--out", target.toString(), "--sparse-compute")).isEqualTo(2);
    assertThat(err.toString()).contains("--sparse-compute is for the start of a training");
    Path soft = config("b.json", "model", Map.of("width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes", "attention",
        Map.of("type", "dense", "heads", 2), "feed_forward",
        Map.of("type", "sparse", "hidden_size", 16, "block_size", 4, "hard_probability", 0.3)));
    assertThat(train(soft, folder.resolve("soft"), "--sparse-compute")).isEqualTo(2);
    assertThat(err.toString()).contains("The field feed_forward.hard_probability is 0.3 but must be 1 with sparse_compute");
    assertThat(folder.resolve("soft")).doesNotExist();
  }

  @Test
  void whatCanNotBeTrainedIsRefusedBeforeAnythingIsWritten() {
    Path target = folder.resolve("run");
    refused(target, "The field lenght is unknown (did you mean length?)", config("a.json", "lenght", 4));
    refused(target, "The field length is 65 but the model knows 64 positions", config("b.json", "length", 65));
    refused(target, "The field feed_forward.block_size is 3 but must divide", config("c.json", "model", Map.of(
        "width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes", "attention", Map.of("type", "dense", "heads", 2),
        "feed_forward", Map.of("type", "sparse", "hidden_size", 16, "block_size", 3))));
    refused(target, "A tokenizer is missing", config("d.json", "model", Map.of("width", 8, "blocks", 1, "max_length", 64,
        "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16))));
    assertThat(train(config("e.json"), target, "--validation", folder.resolve("no.txt").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("There is no text file " + folder.resolve("no.txt"));
    assertThat(run("train", "--resume", "--out", target.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("holds no training (training.json) to go on with");
    assertThat(target).doesNotExist();
  }

  private void refused(Path target, String sentence, Path config) {
    assertThat(train(config, target)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence);
    assertThat(target).doesNotExist();
  }

  @Test
  void whatOnlyPreparingFindsIsRefusedBeforeAnythingIsWritten() {
    Path target = folder.resolve("run");
    refused(target, "The field batch is 1000000, but with a length of 40000 a step can have at most 53687 sequences.",
        config("a.json", "batch", 1_000_000, "length", 40_000, "model", dense("max_length", 50_000)));
    refused(target, "The field samples.prompt has 65 tokens with the start id, but the model knows 64 positions (max_length).",
        config("b.json", "samples", Map.of("prompt", "x".repeat(64), "tokens", 4)));
    Map<String, Object> large = dense("vocabulary_size", 10_000_000);
    large.put("width", 300);
    refused(target,
        "The weight embedding.weight has 3,000,000,000 numbers, but one that is trained can have at most 2,147,483,647.", config("c.json", "model", large));
    refused(target, "The tokenizer has no id that ends a text, so the field model.end_id is needed to end sources and targets.",
        config("d.json", "length", null, "samples", Map.of("tokens", 0), "data",
            Map.of("type", "pairs", "source_length", 8, "target_length", 4)));
  }

  @Test
  void aPromptOfSamplesMayBeAsLongAsTheModelAllows() {
    Path config = config("a.json", "steps", 4, "model", dense("max_length", 400),
        "samples", Map.of("prompt", "x".repeat(399), "tokens", 4));
    assertThat(train(config, folder.resolve("run"))).as(err.toString()).isZero();
    assertThat(folder.resolve("run").resolve("samples.txt")).content().startsWith("step 4: " + "x".repeat(399));
  }

  /** A tiny dense model of bytes with another size. */
  private static Map<String, Object> dense(String size, int value) {
    Map<String, Object> model = new LinkedHashMap<>(Map.of("width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes",
        "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16)));
    model.put(size, value);
    return model;
  }

  @Test
  void aLastStepAtTheFullRateIsSaidWhenATrainingBegins() {
    Map<String, Object> cosine = new LinkedHashMap<>(Map.of("type", "multifactor", "factors", "constant * cosine_decay",
        "constant", 0.01, "warmup_steps", 0, "steps_per_cycle", 6));
    String note = "The last step, 6, has the learning rate 0.0100, the one before it 0.000670; where that is a cosine_decay that begins "
        + "anew, steps_per_cycle should be one more.";
    assertThat(train(config("a.json", "steps", 6, "schedule", cosine), folder.resolve("a"))).isZero();
    assertThat(err.toString()).contains(note);
    err.getBuffer().setLength(0);
    assertThat(run("train", "--resume", "--out", folder.resolve("a").toString(), "--backend", "scalar")).isZero();
    cosine.put("steps_per_cycle", 7);
    assertThat(train(config("b.json", "steps", 6, "schedule", cosine), folder.resolve("b"))).isZero();
    assertThat(err.toString()).doesNotContain("cosine_decay");
  }

  @Test
  void onlyOneTrainingAtATimeRunsInAFolder() throws IOException {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json", "steps", 4), target, "-q")).isZero();
    Path underWay = target.resolve(".partial-state");
    try (TrainingLock _ = new TrainingFolder(target).lock()) {
      Files.writeString(underWay, "half of a checkpoint");
      assertThat(run("train", "--resume", "--out", target.toString())).isEqualTo(2);
      assertThat(err.toString()).contains("The folder " + target + " can't be trained in: another program is writing it.");
      assertThat(underWay).exists();
    }
    assertThat(run("train", "--resume", "--out", target.toString(), "--backend", "scalar")).as(err.toString()).isZero();
    assertThat(underWay).doesNotExist();
  }

  @Test
  void samplesOfStepsThatAreDoneAgainAreNotThereTwice() throws IOException {
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    assertThat(train(config("a.json"), whole, "-q")).isZero();
    assertThat(train(config("b.json", "steps", 4), killed, "-q")).isZero();
    Files.writeString(killed.resolve("samples.txt"), "step 8: what was lost\n\n", StandardOpenOption.APPEND);
    assertThat(run("train", "--resume", "--config", folder.resolve("a.json").toString(), "--out", killed.toString(),
        "--backend", "scalar")).as(err.toString()).isZero();
    assertThat(killed.resolve("samples.txt")).hasSameTextualContentAs(whole.resolve("samples.txt"));
  }

  @Test
  void aTrainingIsNotOverwrittenAndGoesOnAsItWasBegun() {
    Path target = folder.resolve("run");
    assertThat(train(config("a.json", "steps", 4), target, "-q")).isZero();
    assertThat(train(config("a.json", "steps", 4), target)).isEqualTo(2);
    assertThat(err.toString()).contains("holds a training already; --resume goes on with it.");
    assertThat(run("train", "--resume", "--out", target.toString(), "--config", config("b.json", "batch", 3).toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("The training was begun with another batch");
    assertThat(run("train", "--resume", "--out", target.toString(), "--config", config("c.json", "steps", 8).toString(), "--json",
        "--backend", "scalar")).isZero();
    assertThat(out.toString()).contains("\"steps\":8,\"parameters\":");
  }

  @Test
  void aModelLearnsToCopy() throws IOException {
    Path config = Files.writeString(folder.resolve("copy.json"), """
        {"model": {"vocabulary_size": 8, "width": 32, "blocks": 2, "max_length": 16, "attention": {"type": "dense", "heads": 4},
         "feed_forward": {"type": "dense", "hidden_size": 64}},
         "data": {"type": "copy", "shortest": 4, "longest": 4}, "batch": 32, "steps": 200, "seed": 1,
         "schedule": {"type": "constant", "value": 0.003}, "validation": {"interval": 100, "tokens": 4000}}
        """);
    Path target = folder.resolve("run");
    assertThat(run("train", "--config", config.toString(), "--out", target.toString())).as(err.toString()).isZero();
    assertThat(metrics(target).getLast().get("validation_sequence_accuracy").asDouble()).isGreaterThanOrEqualTo(0.99);
    assertThat(err.toString()).contains(" % of sequences right");
    assertThat(run("generate", "--model", target.resolve("best").toString(), "--ids", "0 3 5 5 2 0", "-n", "4", "-q")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("3 5 5 2");
    assertThat(train(config, folder.resolve("other")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("The configuration's data are made, not read");
  }

  @Test
  void pairsAndSpansAreTrainedOnAsTextsAreAndGoOn() throws IOException {
    Path pairs = Files.writeString(folder.resolve("pairs.jsonl"),
        "{\"article\": \"abcd efgh\", \"abstract\": \"ah\", \"title\": \"x\"}\n".repeat(12));
    Map<String, Object> model = Map.of("width", 8, "blocks", 1, "max_length", 64, "tokenizer", "bytes", "end_id", 0,
        "vocabulary_size", 270, "attention", Map.of("type", "dense", "heads", 2),
        "feed_forward", Map.of("type", "dense", "hidden_size", 16));
    List<Map<String, Object>> data = List.of(Map.of("type", "pairs", "source_length", 8, "target_length", 4),
        Map.of("type", "span_corruption", "window", 16));
    for (int i = 0; i < data.size(); i++) {
      Path config = config(i + ".json", "model", model, "data", data.get(i), "length", null, "samples", Map.of("tokens", 0));
      text = i == 0 ? pairs : text;
      String[] fields = i == 0 ? new String[] {"--target-field", "title", "--threads", "1"} : new String[0];
      assertThat(train(config, folder.resolve("whole" + i), fields)).as(err.toString()).isZero();
      assertThat(metrics(folder.resolve("whole" + i)).getLast().has("validation_sequence_accuracy")).isTrue();
      Terminal impatient = new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
      impatient.interruption().request();
      List<String> first = new ArrayList<>(List.of("train", "--config", config.toString(), "--data", text.toString(),
          "--out", folder.resolve("parts" + i).toString(), "--backend", "scalar"));
      first.addAll(List.of(fields));
      assertThat(run(impatient, first.toArray(String[]::new))).isEqualTo(130);
      assertThat(run("train", "--resume", "--out", folder.resolve("parts" + i).toString(), "--backend", "scalar")).isZero();
      assertSameTraining(folder.resolve("parts" + i), folder.resolve("whole" + i));
      text = folder.resolve("text.txt");
    }
    assertThat(train(config("p.json", "model", model, "data", "pairs", "length", null), folder.resolve("other"), "--field", "x"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("The field length is 768 but the model knows 64 positions");
    refused(folder.resolve("other"), "Pairs are read from JSON lines only, but", config("q.json", "model", model, "length", null,
        "data", data.getFirst(), "samples", Map.of("tokens", 0)));
    assertThat(train(config("r.json"), folder.resolve("other"), "--source-field", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("--source-field and --target-field are for data of the type pairs only.");
  }

  @Test
  void aTokenizerIsMadeOfATextAndTrainedWith() {
    Path tokenizer = folder.resolve("tokenizer.json");
    assertThat(run("train-tokenizer", "--data", text.toString(), "--vocabulary-size", "262",
        "--out", tokenizer.toString())).isZero();
    assertThat(err.toString()).contains("262 ids, learnt from ");
    assertThat(run("train-tokenizer", "--data", text.toString(), "--out", tokenizer.toString())).isEqualTo(2);
    out.getBuffer().setLength(0);
    assertThat(run("train-tokenizer", "--data", text.toString(), "--vocabulary-size", "262", "--out", tokenizer.toString(),
        "--overwrite", "--json")).isZero();
    assertThat(out.toString()).matches("\\{\"file\":\".*tokenizer.json\",\"ids\":262,\"distinct_words\":\\d+}\\R");
    Path config = config("a.json", "steps", 4, "model", Map.of("width", 8, "blocks", 1, "max_length", 64,
        "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16),
        "end_id", 0));
    Path target = folder.resolve("run");
    assertThat(train(config, target, "--tokenizer", tokenizer.toString(), "--validation", text.toString()))
        .as(err.toString()).isZero();
    assertThat(target.resolve("best").resolve("tokenizer.json")).hasSameBinaryContentAs(tokenizer);
    assertThat(run("generate", "--model", target.resolve("best").toString(), "--max-tokens", "3", "abc")).isZero();
  }
}
