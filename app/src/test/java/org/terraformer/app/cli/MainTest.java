package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.SparseModel;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class MainTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir
  private static Path shared;
  private static String alphabet;

  @BeforeAll
  static void writeTheAlphabetModel() {
    alphabet = AlphabetModel.write(shared.resolve("alphabet")).toString();
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err, true));
  }

  /** Runs generate with the alphabet model. */
  private int generate(String... more) {
    return run(Stream.concat(Stream.of("generate", "--model", alphabet), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void generatePrintsTheContinuationAlone() {
    assertThat(generate("a b c", "--max-tokens", "6")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f");
    assertThat(err.toString()).contains("tokens/s");
  }

  @Test
  void theEmbeddedModelWritesEnglish() {
    assertThat(run("generate", "It was a dark night, and", "--max-tokens", "40")).isZero();
    assertThat(out.toString()).containsPattern("\\b(the|and|of|to|was)\\b");
    assertThat(err.toString()).contains("40 tokens");
  }

  @Test
  void aModelsConfigurationSaysHowItGeneratesUnlessOptionsDo(@TempDir Path folder) throws Exception {
    AlphabetModel.write(folder);
    Path config = folder.resolve("config.json");
    Files.writeString(config, Files.readString(config).replaceFirst("\\{", "{\"generation\": {\"temperature\": 90, \"max_tokens\": 4},"));
    String model = folder.toString();
    assertThat(run("generate", "--model", model, "a")).isZero();
    assertThat(err.toString()).startsWith("4 tokens");
    assertThat(out.toString()).doesNotStartWith(" b c");
    out.getBuffer().setLength(0);
    assertThat(run("generate", "--quiet", "--model", model, "--temperature", "0", "-n", "6", "a b c")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "q8"})
  void aModelGoesOnAsBeforeInWhateverTypeItIsStored(String type, @TempDir Path folder) {
    String converted = folder.resolve("converted").toString();
    assertThat(run("convert", alphabet, "--dtype", type, "--out", converted)).as(err.toString()).isZero();
    out.getBuffer().setLength(0);
    assertThat(run("generate", "--model", converted, "-n", "12", "a b c")).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f g h i");
  }

  @Test
  void jsonIsOneObject() {
    assertThat(generate("--json", "--ids", "97 32", "-n", "2", "--log-probs")).isZero();
    assertThat(out.toString()).startsWith("{\"samples\":[{").contains("\"ids\":[98,32]", "\"log_probabilities\":[", "\"finish_reason\":\"max_tokens\"");
  }

  @Test
  void everyCommandHasOneJsonObjectForScripts(@TempDir Path folder) throws Exception {
    Path converted = folder.resolve("converted");
    for (String line : List.of("convert --json --dtype q8 " + alphabet + " --out " + converted, "inspect --json " + converted, "backends --json",
        "generate --json a", "generate --json --beams 2 a")) {
      out.getBuffer().setLength(0);
      assertThat(run(line.split(" "))).as(line).isZero();
      assertThat(out.toString().lines()).as(line).hasSize(1);
      assertThat(JSON.readTree(out.toString()).isObject()).as(line).isTrue();
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void optionsForDrawingSayThatNothingIsDrawn() {
    assertThat(generate("a", "--top-k", "5", "-n", "2")).isZero();
    assertThat(err.toString().lines()).hasSize(2).first().asString()
        .isEqualTo("terraformer: --top-k, --top-p and --min-p change nothing while the --temperature is 0, which takes the most likely token");
  }

  @Test
  void beamsHaveTheirFiguresToo() {
    assertThat(generate("a b c", "--beams", "2", "-n", "4")).isZero();
    assertThat(out.toString().lines()).hasSize(2).first().isEqualTo(" d e");
    assertThat(err.toString().lines()).singleElement().asString().matches("8 tokens, [0-9.]+ tokens/s, backend [a-z]+");
  }

  @Test
  void samplesAsJsonHaveTheirFigures() throws Exception {
    assertThat(generate("--json", "--samples", "2", "--seed", "3", "--temperature", "1", "a", "-n", "3", "--stop-id", "0")).isZero();
    JsonNode root = JSON.readTree(out.toString());
    assertThat(root.fieldNames()).toIterable()
        .containsExactly("samples", "prompt_tokens", "tokens", "seconds", "tokens_per_second", "backend");
    assertThat(root.get("samples")).hasSize(2).allSatisfy(sample -> {
      assertThat(sample.fieldNames()).toIterable().containsExactly("text", "ids", "finish_reason");
      assertThat(sample.get("ids")).hasSize(3);
    });
    assertThat(root.get("prompt_tokens").asInt()).isEqualTo(2);
    assertThat(root.get("tokens").asInt()).isEqualTo(6);
    assertThat(root.get("tokens_per_second").asDouble()).isPositive();
    assertThat(err.toString().lines().filter(line -> !line.contains("slow backend"))).isEmpty();
  }

  @Test
  void beamsAsJsonHaveScores() throws Exception {
    assertThat(generate("--json", "--beams", "2", "a b", "-n", "3")).isZero();
    JsonNode root = JSON.readTree(out.toString());
    assertThat(root.get("beams")).hasSize(2).allSatisfy(beam ->
        assertThat(beam.fieldNames()).toIterable().containsExactly("text", "ids", "score", "finish_reason"));
    assertThat(root.get("beams").get(0).get("text").asText()).isEqualTo(" c ");
  }

  @Test
  void backendsAsJsonSayWhatIsAvailable() throws Exception {
    assertThat(run("backends", "--json")).isZero();
    JsonNode root = JSON.readTree(out.toString());
    assertThat(root.fieldNames()).toIterable().containsExactly("backends");
    assertThat(root.get("backends")).extracting(backend -> backend.get("name").asText()).contains("cpu", "scalar", "tornado");
    assertThat(root.get("backends")).allSatisfy(backend -> {
      assertThat(backend.fieldNames()).toIterable().containsExactly("name", "available", "description");
      assertThat(backend.get("available").isBoolean()).isTrue();
    });
  }

  @Test
  void quietLeavesTheTextAlone() {
    assertThat(generate("--quiet", "a b c", "--max-tokens", "6")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void debugShowsWhereAMistakeWasFound() {
    assertThat(generate("--debug", "--temperature", "-1", "a")).isEqualTo(2);
    assertThat(err.toString()).contains("\tat org.terraformer.").endsWith(
        "terraformer: The temperature is -1.0 but must be from 0 to 100." + System.lineSeparator());
  }

  @Test
  void aFailureIsColouredOnATerminalOnly() {
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err, true), true);
    assertThat(Main.run(new String[] {"generate"}, terminal)).isEqualTo(2);
    assertThat(err.toString().contains("\u001b[")).isEqualTo(System.getenv("NO_COLOR") == null);
    assertThat(err.toString()).contains("Give either a prompt, --prompt-file or --ids.");
  }

  @Test
  void aStoppedConversionLeavesNothingBehind(@TempDir Path folder) {
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
    terminal.interruption().request();
    String[] arguments = {"convert", alphabet, "--dtype", "q8", "--out", folder.resolve("new/q8").toString()};
    assertThat(Main.run(arguments, terminal)).isEqualTo(130);
    assertThat(err.toString().lines()).containsExactly("terraformer: interrupted");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aStoppedGenerationPrintsWhatThereIs() {
    Interruption interruption = new Interruption();
    PrintWriter printed = new PrintWriter(out) {
      @Override
      public void print(String piece) {
        super.print(piece);
        if (out.toString().length() == 3) {
          interruption.request();
        }
      }
    };
    assertThat(Main.run(new String[] {"generate", "--model", alphabet, "a"}, new Terminal(printed, new PrintWriter(err, true), false, interruption))).isEqualTo(130);
    assertThat(out.toString()).isEqualToIgnoringNewLines(" b ");
    assertThat(err.toString()).containsPattern("3 tokens, .*, interrupted");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "generate | Give either a prompt, --prompt-file or --ids.",
      "generate --ids 97,x | --ids has x but must be whole numbers separated by spaces.",
      "generate --ids 300 | The token id 300 is not in the vocabulary, whose ids are 0 to 255.",
      "generate --temperature -1 a | The temperature is -1.0 but must be from 0 to 100.",
      "generate --top-p 0 a | The top-p is 0.0 but must be above 0 and at most 1.",
      "generate --max-tokens 0 a | The number of tokens to generate is 0 but must be at least 1.",
      "generate --backend gpu a | The backend is gpu but must be one of cpu, scalar, tornado.",
      "generate --threads 0 a | The number of threads is 0 but must be from 1 to 1024.",
      "generate --cache f16 a | --cache is f16 but must be one of f32, bf16.",
      "generate --model no-such-folder a | There is no model folder no-such-folder.",
      "inspect no-such-folder | There is no model folder no-such-folder.",
      "generate --top-p 1.5 a | The top-p is 1.5 but must be above 0 and at most 1.",
      "generate --top-k -1 a | The top-k is -1 but must be 0 (all) or more.",
      "generate --min-p 2 a | The min-p is 2.0 but must be from 0 to 1.",
      "generate --repetition-penalty 0 a | The repetition penalty is 0.0 but must be above 0 and at most 100.",
      "generate --temperature NaN a | The temperature is NaN but must be from 0 to 100.",
      "generate --temperature hot a | Invalid value for option '--temperature': 'hot' is not a number.",
      "generate --max-tokens 1e3 a | Invalid value for option '--max-tokens': '1e3' is not a whole number from -2147483648 to 2147483647.",
      "generate --seed x a | Invalid value for option '--seed': 'x' is not a whole number from -9223372036854775808 to 9223372036854775807.",
      "generate --stop= a | A stop text is empty; it must have at least one character.",
      "generate --stop-id 256 a | The stop id 256 is not in the vocabulary, whose ids are 0 to 255.",
      "generate --stop-id -1 a | The stop id -1 is not in the vocabulary, whose ids are 0 to 255.",
      "generate --samples 0 a | --samples is 0 but must be from 1 to 1000.",
      "generate --beams 65 a | --beams is 65 but must be from 1 to 64, or 0 for none.",
      "generate --beams 2 --samples 2 a | --beams can't be combined with --samples, --stop, --temperature or another choice of tokens.",
      "generate --length-penalty 1 a | --length-penalty is 1.0 but is for --beams only.",
      "generate --log-probs a | --log-probs is for --json without --beams only; beams have scores.",
      "inspect EMPTY | Invalid value for positional parameter at index 0 (MODEL): '' is not a path.",
      "generate --ids 99999999999 | --ids has 99999999999 but must be whole numbers separated by spaces.",
      "generate --ids -1 | The token id -1 is not in the vocabulary, whose ids are 0 to 255.",
      "generate --context -1 a | The context length is -1 but must be 0 (all) or more.",
      "generate --context 5000 a | The context length is 5000 but the model knows 4096 positions.",
      "generate --context 3 abcd | The prompt has 5 tokens but the model's context holds 3.",
      "generate --threads x a | Invalid value for option '--threads': 'x' is not a whole number from -2147483648 to 2147483647.",
      "generate --fallback gpu a | The fallback is gpu but must be one of cpu, scalar, tornado.",
      "bench --shape tiny --fallback gpu | The fallback is gpu but must be one of cpu, scalar, tornado.",
      "evaluate --text no-such-file --fallback gpu | The fallback is gpu but must be one of cpu, scalar, tornado.",
      "generate --prompt-file no-such-file | The prompt file no-such-file can't be read: there is no no-such-file.",
      "generate --prompt-file . | The prompt file . is a folder; it must be a text file.",
      "generate a\uFFFDb | The prompt has bytes that are not UTF-8 at character 2; it must be UTF-8 text, or U+FFFD itself by --prompt-file.",
      "generate --bogus a | Unknown option: '--bogus'; terraformer generate --help shows what there is.",
      "generate a b | There is one argument too many, b (text with spaces needs quotes); terraformer generate --help shows what there is.",
      "grow | There is no command grow; there are generate, summarize, inspect, convert, import-trax, backends, bench, train, evaluate, "
          + "train-tokenizer, experiment, generate-completion.",
      "--bogus | Unknown option: '--bogus'; terraformer --help shows what there is.",
      "generate --cache q8 a | --cache is q8 but must be one of f32, bf16.",
      "convert a --dtype f64 --out b | --dtype is f64 but must be one of f32, f16, bf16, q8.",
      "convert a --dtype q8 --out b | There is no model folder a.",
      "convert a --dtype q8 --out b --shard-size 2XB | --shard-size is 2XB but must be a size as 500MB, 2GB or 1.5GiB.",
      "convert a --dtype q8 --out b --shard-size 0 | --shard-size is 0 but must be a size as 500MB, 2GB or 1.5GiB.",
      "convert a | Missing required options: '--dtype=TYPE', '--out=FOLDER'.",
      "import-trax no-such-file --out x --set vocab_size=5 | There is no trax checkpoint no-such-file: neither no-such-file.pkl.gz nor no-such-file.weights.npy.gz exists.",
      "import-trax no-such-file --out x | The trax argument vocab_size is missing; a gin file or --set vocab_size=VALUE can give it."})
  void aMistakeGivesOneSentenceAndExitCodeTwo(String line, String sentence) {
    String[] words = Stream.of(line.split(" ")).map(word -> word.equals("EMPTY") ? "" : word).toArray(String[]::new);
    boolean generates = words[0].equals("generate") && !List.of(words).contains("--model");
    assertThat(generates ? generate(Arrays.copyOfRange(words, 1, words.length)) : run(words)).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aConvertedModelGeneratesTheSame(@TempDir Path folder) {
    Path converted = folder.resolve("converted");
    assertThat(run("convert", alphabet, "--dtype", "q8", "--out", converted.toString())).isZero();
    assertThat(run("generate", "--model", converted.toString(), "x y", "-n", "4")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" z a");
  }

  @Test
  void aTruncatedModelIsRefusedByName(@TempDir Path folder) throws Exception {
    AlphabetModel.write(folder);
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    assertThat(run("generate", "--model", folder.toString(), "a")).isEqualTo(2);
    assertThat(err.toString()).startsWith("terraformer: " + weights + " is cut short: the tensor ");
  }

  @Test
  void aModelIsNotConvertedOntoItselfOrAnotherModel(@TempDir Path folder) throws Exception {
    Path made = AlphabetModel.write(folder.resolve("made"));
    Path other = AlphabetModel.write(folder.resolve("other"));
    byte[] before = Files.readAllBytes(other.resolve("model.safetensors"));
    Path detour = other.resolve("../made");
    assertThat(run("convert", made.toString(), "--dtype", "q8", "--overwrite", "--out", detour.toString())).isEqualTo(2);
    assertThat(run("convert", made.toString(), "--dtype", "q8", "--out", other.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly(
        "terraformer: --out is %s, which is the source; it must be another folder.".formatted(detour),
        "terraformer: The folder %s already holds a model (config.json); give a folder without one, or --overwrite.".formatted(other));
    assertThat(other.resolve("model.safetensors")).hasBinaryContent(before);
    assertThat(run("convert", made.toString(), "--dtype", "q8", "--overwrite", "--out", other.toString())).isZero();
    assertThat(Files.size(other.resolve("model.safetensors"))).isLessThan(before.length);
  }

  @Test
  void aConvertedModelInShardsGeneratesTheSame(@TempDir Path folder) throws Exception {
    Path made = AlphabetModel.write(folder.resolve("made"));
    Path converted = folder.resolve("converted");
    Files.writeString(made.resolve("notes.txt"), "mine");
    assertThat(run("convert", made.toString(), "--dtype", "f32", "--shard-size", "300kB", "--out", converted.toString())).isZero();
    assertThat(converted.resolve("model.safetensors.index.json")).exists();
    assertThat(converted.resolve("notes.txt")).hasContent("mine");
    assertThat(run("generate", "--model", converted.toString(), "x y", "-n", "4")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" z a");
  }

  private void refused(Path folder, String sentence) {
    assertThat(run("generate", "--model", folder.toString(), "a")).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anEmptyFolderIsNoModel(@TempDir Path folder) {
    refused(folder, "The model folder %s has no config.json.".formatted(folder));
  }

  @Test
  void aFileIsNoModel(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "text");
    refused(file, "The model %s is not a folder.".formatted(file));
  }

  @Test
  void aConfigurationCutShortIsNamedWithItsLine(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("config.json"), "{\n  \"model_type\": \"transf");
    assertThat(run("generate", "--model", folder.toString(), "a")).isEqualTo(2);
    assertThat(err.toString()).startsWith("terraformer: " + folder.resolve("config.json") + " is not a JSON object: ").contains("line 2.");
  }

  @Test
  void aConfigurationWithAWrongFieldNamesItAndItsValue(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"transformer_lm\", \"vocabulary_size\": -4}");
    assertThat(run("generate", "--model", folder.toString(), "a")).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains("vocabulary_size", "-4");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{'attention': 'magic'} | attention.type is magic but must be one of chunked, convolutional, dense, ",
      "{'attention': {'type': 'dense', 'heads': 3}} | attention.heads is 3 but must divide the width 64.",
      "{'positions': 'learnt'} | positions.type is learnt but must be one of axial, "})
  void aLayerThatDoesNotFitIsNamedWithFileAndField(String json, String sentence, @TempDir Path folder) throws Exception {
    java.util.Map<String, Object> config = new java.util.HashMap<>(SparseModel.config(100, 64));
    new SparseModel(folder, config);
    config.put("blocks", 1);
    JSON.readTree(json.replace('\'', '"')).fields().forEachRemaining(field -> config.put(field.getKey(), field.getValue()));
    Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(config));
    for (String line : List.of("generate --ids 1 --model ", "inspect ", "convert --dtype q8 --out " + folder.resolve("out") + " ")) {
      err.getBuffer().setLength(0);
      assertThat(run((line + folder).split(" "))).as(line).isEqualTo(2);
      assertThat(err.toString().lines()).as(line).singleElement().asString()
          .startsWith("terraformer: In %s: The field %s".formatted(folder.resolve("config.json"), sentence));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "[] | holds no JSON object.", "null | holds no JSON object.",
      "{\"width\": NaN} | is not a JSON object: Non-standard token 'NaN', line 1.",
      "{\"blocks\": 1 | is not a JSON object: Unexpected end-of-input: expected close marker for Object, line 1."})
  void aConfigurationThatIsNoJsonIsNamedWithoutTheParsersOwnWords(String json, String problem, @TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("config.json"), json);
    refused(folder, folder.resolve("config.json") + " " + problem);
  }

  @Test
  void tensorsThatAreUnknownOrMissingAreNamed(@TempDir Path folder) throws Exception {
    Path extra = folder.resolve("extra");
    Path missing = folder.resolve("missing");
    try (Arena arena = Arena.ofConfined()) {
      NamedTensors all = AlphabetModel.weights(arena);
      List<Tensor> more = new ArrayList<>(all.names().stream().map(name -> all.find(name).orElseThrow()).toList());
      List<Tensor> fewer = more.subList(2, more.size());
      new ModelFolder(missing).write(AlphabetModel.config(), new NamedTensors("fewer", List.copyOf(fewer)), ProgressListener.NONE);
      for (int i = 0; i < 5; i++) {
        more.add(Tensor.of("ghost." + i, Shape.of(1), new float[1]));
      }
      new ModelFolder(extra).write(AlphabetModel.config(), new NamedTensors("more", more), ProgressListener.NONE);
    }
    for (String command : List.of("generate a --model", "inspect", "convert --dtype q8 --out " + folder.resolve("out"))) {
      assertThat(run((command + " " + extra).split(" "))).isEqualTo(2);
      assertThat(run((command + " " + missing).split(" "))).isEqualTo(2);
    }
    assertThat(err.toString().lines().distinct()).hasSize(2)
        .anyMatch(line -> line.endsWith(" has tensors that the model does not know (5): ghost.0, ghost.1, ghost.2 and others."))
        .anyMatch(line -> line.matches(".* lacks 2 of the model's \\d+ tensors: [a-z0-9_.]+, [a-z0-9_.]+\\."));
  }

  @Test
  void aValueThatIsNotFiniteIsNamedWithItsPlace(@TempDir Path folder) throws Exception {
    SparseModel model = new SparseModel(folder, SparseModel.config(10, 8));
    model.set("embedding.weight", 13, Float.NaN);
    assertThat(run("generate", "--model", folder.toString(), "--ids", "1")).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly(
        "terraformer: The tensor embedding.weight of %s has the value NaN at index 13 but weights must be finite.".formatted(model.file()));
  }

  @Test
  void aTokenizerThatIsLargerThanTheModelIsRefused(@TempDir Path folder) throws Exception {
    java.util.Map<String, Object> config = new java.util.HashMap<>(SparseModel.config(100, 8));
    config.put("tokenizer", "bytes");
    new SparseModel(folder, config);
    refused(folder, "In %s: The tokenizer bytes has 256 ids but the model's vocabulary only 100.".formatted(folder.resolve("config.json")));
  }

  @Test
  void aModelWithoutATokenizerWantsIds(@TempDir Path folder) throws Exception {
    new SparseModel(folder, SparseModel.config(100, 8));
    refused(folder, "The model has no tokenizer; give token ids instead of text.");
  }

  @Test
  void aPromptFileThatIsNotUtf8IsRefusedWithTheByte(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("prompt"), new byte[] {'a', (byte) 0xC3});
    assertThat(generate("--prompt-file", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: The prompt file %s is not UTF-8: byte 2 is 0xC3.".formatted(file));
  }

  @Test
  void aMegabyteOfPromptIsRefusedByItsLength(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("prompt"), new byte[1 << 20]);
    assertThat(generate("--prompt-file", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: The prompt has 1048577 tokens but the model's context holds 4096.");
  }

  @Test
  void theLastLineBreakOfAPromptFileIsNotPartOfThePrompt(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("prompt"), "a b c\n");
    assertThat(generate("--prompt-file", file.toString(), "-n", "6")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f");
  }

  @Test
  void inspectShowsWhatATokenCosts() {
    assertThat(run("inspect", alphabet)).isZero();
    assertThat(out.toString()).contains("\"vocabulary_size\" : 256", "embedding.weight", "bytes read per token");
  }
}
