package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir
  private Path folder;

  @Test
  void theVariantsOfAShapeAreMeasuredSideBySide() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "6", "--turn", "2");
    assertThat(result.get("streaming_gbps").asDouble()).isPositive();
    assertThat(result.get("variants").findValuesAsText("name")).containsExactly("dense", "ff", "qkv", "ff+qkv", "ff+qkv+logits");
    for (JsonNode variant : result.get("variants")) {
      assertThat(variant.fieldNames()).toIterable().contains("dtype", "ms_per_token", "ms_per_block", "tokens_per_s", "bytes_per_token",
          "gbps", "bandwidth_fraction", "speedup", "speedup_limit", "spread", "block_speedup", "block_speedup_limit");
      assertThat(variant.get("tokens_per_s").asDouble() * variant.get("ms_per_token").asDouble()).isBetween(999.9, 1000.1);
    }
    assertThat(result.get("variants").get(0).get("speedup").asDouble()).isEqualTo(1);
    assertThat(result.get("variants").get(4).get("speedup_limit").asDouble()).isGreaterThan(2);
  }

  @Test
  void modelsThatReadASourceReadItOnceAndDecode() throws Exception {
    JsonNode result = json("--shape", "terraformer-tiny", "--tokens", "4", "--source", "9");
    assertThat(result.get("variants").findValuesAsText("name")).containsExactly("dense", "terraformer");
    for (JsonNode variant : result.get("variants")) {
      assertThat(variant.get("encoding_seconds").asDouble()).isPositive();
      assertThat(variant.get("tokens_per_s").asDouble()).isPositive();
    }
    assertThat(result.get("variants").get(1).get("speedup_limit").asDouble()).isGreaterThan(2);
  }

  @Test
  void throughputIsMeasuredForEveryNumberOfSequences() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "4", "--variants", "dense,ff+qkv+logits", "--batch", "1,3");
    assertThat(result.get("variants").findValuesAsText("name")).containsExactly("dense", "ff+qkv+logits");
    for (JsonNode variant : result.get("variants")) {
      assertThat(variant.get("points").findValuesAsText("batch")).containsExactly("1", "3");
      variant.get("points").forEach(point -> assertThat(point.get("tokens_per_s").asDouble()).isPositive());
    }
    assertThat(result.get("variants").get(1).get("points").get(0).get("times_dense").asDouble()).isPositive();
  }

  @Test
  void aSweepMeasuresEveryWidthAndIsDrawn() throws Exception {
    Path picture = folder.resolve("sweep.svg");
    JsonNode result = json("--shape", "tiny", "--tokens", "2", "--variants", "dense,ff+qkv", "--sweep", "64,128", "--dtype", "q8",
        "--plot", picture.toString());
    assertThat(result.get("sweep")).hasSize(2);
    assertThat(result.get("sweep").findValuesAsText("d_model")).containsExactly("64", "64", "128", "128");
    assertThat(Files.readString(picture)).containsPattern("<svg(?s).*<path");
  }

  @Test
  void aPictureShowsEveryVariantBesideWhatItsBytesAllow() throws Exception {
    Path svg = folder.resolve("speed.svg");
    json("--shape", "tiny", "--tokens", "2", "--plot", svg.toString());
    assertThat(Files.readString(svg)).containsPattern("<svg(?s).*<path");
    Path png = folder.resolve("speed.png");
    out.getBuffer().setLength(0);
    json("--shape", "tiny", "--tokens", "2", "--variants", "dense", "--plot", png.toString());
    assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(900);
  }

  @Test
  void aContextIsInTheCacheAndCountsAmongTheBytes() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "4", "--variants", "dense", "--context", "3000", "--cache", "bf16");
    assertThat(result.get("context").asInt()).isEqualTo(3000);
    // 2 blocks, keys and values, 128 features of 2 bytes, and 3000 + 16 + 4 + 2 positions
    assertThat(result.get("variants").get(0).get("cache_bytes_per_token").asLong()).isEqualTo(2 * 2 * 128 * 2 * 3022L);
    assertThat(result.get("variants").get(0).get("bandwidth_fraction_with_cache").asDouble())
        .isGreaterThan(result.get("variants").get(0).get("bandwidth_fraction").asDouble());
  }

  @Test
  void aContextIsAlsoThereForABackendThatCanOnlyReadIt() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "1", "--variants", "dense", "--context", "20", "--backend", "scalar");
    assertThat(result.get("variants").get(0).get("cache_bytes_per_token").asLong()).isEqualTo(2 * 2 * 128 * 4 * 40L);
  }

  @Test
  void attentionByHashingIsTimedBesideFullAttentionAtEveryContextAndDrawn() throws Exception {
    Path svg = folder.resolve("lsh.svg");
    JsonNode result = json("--attention", "lsh", "--contexts", "64..256,96", "--heads", "2", "--hashes", "2", "--chunk", "16", "--tokens", "3",
        "--cache", "bf16", "--plot", svg.toString());
    assertThat(result.get("contexts").findValuesAsText("context")).containsExactly("64", "128", "256", "96");
    for (JsonNode point : result.get("contexts")) {
      assertThat(point.get("candidates").asInt()).isEqualTo(63);
      assertThat(point.get("lsh_ms").asDouble()).isPositive();
      assertThat(point.get("full_ms").asDouble()).isPositive();
      assertThat(point.get("mass").asDouble()).isBetween(0.0, 1 + 1e-9);
    }
    assertThat(Files.readString(svg)).containsPattern("<svg(?s).*<path");
  }

  @Test
  void attentionIsATableForPeople() {
    assertThat(run("--attention", "lsh", "--contexts", "1k", "--heads", "1", "--tokens", "2")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("| context | full, ms |", "| 1,024 |", "one layer of 1 heads of 64, 4 hash rounds, chunks of 128");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--variants , | --variants is , but must be names of variants separated by commas.",
      "--variants dense,moe | The variant is moe but must be one of dense, ff, qkv, ff+qkv, ff+qkv+logits.",
      "--batch , | --batch is , but must be whole numbers from 1, separated by commas.",
      "--batch 1,0 | --batch is 1,0 but must be whole numbers from 1, separated by commas.",
      "--sweep , | --sweep is , but must be d, or whole numbers separated by commas.",
      "--sweep heads | --sweep is heads but must be d, or whole numbers separated by commas.",
      "--sweep 64,1073741824 | The width is 1073741824 but must be 131072 at most.",
      "--attention dense | --attention is dense but must be lsh.",
      "--attention lsh --contexts , | "
          + "--contexts is , but must be numbers as 4096 or 4k, or ranges as 1k..128k, separated by commas.",
      "--attention lsh --contexts many | "
          + "--contexts is many but must be numbers as 4096 or 4k, or ranges as 1k..128k, separated by commas.",
      "--attention lsh --contexts 8k..1k | --contexts is 8k..1k but a range must go up, from 1.",
      "--attention lsh --contexts 1024k --heads 32 | "
          + "--contexts is 1048576 and --heads 32, whose rows of 2048 elements are more than an array holds.",
      "--attention lsh --contexts 1k --tokens 1000 | --tokens is 1000 but only 720 can be timed in the --contexts of 1024.",
      "--attention lsh --contexts 16 | --contexts is 16 but must be from 32 to 1048576.",
      "--shape tiny --tokens 10 --capacity 20 | --capacity is 20 but the measurement needs 30 positions.",
      "--shape tiny --blocks 0 | --blocks is 0 but must be 1 or more.",
      "--shape terraformer-tiny --source 0 | --source is 0 but must be 1 or more.",
      "--shape tiny --plot x.gif | --plot is x.gif but must end with .svg or .png."})
  void aMistakeGivesOneSentenceAndExitCodeTwo(String line, String sentence) {
    assertRefused(line, sentence);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--startup --shape tiny | --startup can't be combined with --shape.",
      "--startup --plot x.svg | --startup can't be combined with --plot.",
      "--startup --attention lsh | --startup can't be combined with --attention.",
      "--attention lsh --dtype q8 | --attention can't be combined with --dtype.",
      "--batch 1 --prefill 8 | --batch can't be combined with --prefill.",
      "--batch 1 --profile | --batch can't be combined with --profile.",
      "--batch 1 --sweep d | --batch can't be combined with --sweep.",
      "--runs 3 | --runs is for --startup only.",
      "--shape tiny --heads 3 | --heads is for --attention only.",
      "--disk x --sweep d | --disk can't be combined with --sweep.",
      "--shape tiny --source 9 --tokens 1 | --source is for models with an encoder, not for tiny.",
      "--shape terraformer-tiny --variants ff | "
          + "--variants and --sweep are for shapes without an encoder, not for terraformer-tiny."})
  void whatWouldBeIgnoredIsRefused(String line, String sentence) {
    assertRefused(line, sentence);
  }

  private void assertRefused(String line, String sentence) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void optionsOfAllCommandsGoWithEveryTask() {
    assertThat(run("--attention", "lsh", "--contexts", "32", "--heads", "1", "--tokens", "1", "--quiet", "--debug"))
        .as(err.toString()).isZero();
  }

  @Test
  void aPictureThatCantBeWrittenIsRefusedBeforeMeasuring() {
    Path missing = folder.resolve("missing");
    assertThat(run("--shape", "tiny", "--plot", missing.resolve("speed.svg").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("but there is no folder " + missing + ".");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aProfileSaysWhereTheTimeOfATokenGoes() throws Exception {
    JsonNode profile = json("--shape", "tiny", "--tokens", "3", "--variants", "ff+qkv", "--profile").get("variants").get(0).get("profile");
    assertThat(profile.get("operations").findValuesAsText("operation"))
        .contains("linear", "selected_rows_dot", "selected_rows_sum", "block_argmax", "module_convolution", "causal_attention", "layer_norm");
    double sum = profile.get("dispatch_ms").asDouble();
    for (JsonNode operation : profile.get("operations")) {
      sum += operation.get("ms").asDouble();
      assertThat(operation.get("barrier_ms").asDouble()).isBetween(0.0, operation.get("ms").asDouble());
    }
    assertThat(sum).isCloseTo(profile.get("ms_per_token").asDouble(), within(1e-6));
  }

  @Test
  void aProfileIsATableForPeople() {
    assertThat(run("--shape", "tiny", "--tokens", "2", "--variants", "dense", "--profile")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("| operation | calls |", "| linear [128, 128] | 8 |", "lost at barriers and in dispatch");
  }

  @Test
  void readingALongerPromptIsTimedToo() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "2", "--variants", "dense,ff", "--prefill", "64");
    for (JsonNode variant : result.get("variants")) {
      assertThat(variant.get("prefill_tokens_per_s").asDouble()).isPositive();
      assertThat(variant.get("prefill_over_decoding").asDouble())
          .isCloseTo(variant.get("prefill_tokens_per_s").asDouble() / variant.get("tokens_per_s").asDouble(), within(1e-9));
    }
  }

  @Test
  void aLongerPromptIsAlsoReadBehindAContextThatHadToBeRead() throws Exception {
    JsonNode result = json(
        "--shape", "tiny", "--tokens", "1", "--variants", "dense", "--context", "20", "--prefill", "8", "--backend", "scalar");
    assertThat(result.get("variants").get(0).get("prefill_tokens_per_s").asDouble()).isPositive();
  }

  @Test
  void aBackendThatDoesNotTimeItsOperationsIsNamed() {
    assertThat(run("--shape", "tiny", "--tokens", "1", "--backend", "scalar", "--variants", "dense", "--profile")).isEqualTo(2);
    assertThat(err.toString()).contains("The backend does not time its operations; --profile needs the backend cpu.");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theMemoryInUseIsReported() throws Exception {
    JsonNode result = json("--shape", "tiny", "--tokens", "1", "--variants", "dense");
    assertThat(result.get("resident_bytes").asLong()).isBetween(1L << 20, result.get("peak_resident_bytes").asLong());
  }

  @Test
  void modelsOnDiskAreWrittenOnceMappedAndCanBeUsed() throws Exception {
    String[] arguments = {"--shape", "tiny", "--tokens", "2", "--variants", "dense,ff+qkv+logits", "--dtype", "q8", "--disk",
        folder.resolve("models").toString()};
    assertThat(json(arguments).get("variants").findValuesAsText("dtype")).containsExactly("q8", "q8");
    Path weights = folder.resolve("models/ff+qkv+logits/model.safetensors");
    FileTime written = Files.getLastModifiedTime(weights);
    out.getBuffer().setLength(0);
    json(arguments);
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(written);
    assertThat(Main.run(new String[] {"generate", "--model", weights.getParent().toString(), "--ids", "1 2 3", "--max-tokens", "2"},
        new PrintWriter(out), new PrintWriter(err, true))).as(err.toString()).isZero();
  }

  @Test
  void modelsOnDiskServeEveryProtocolThatTheirPositionsAreEnoughFor() throws Exception {
    Path models = folder.resolve("models");
    String[] first = {"--shape", "tiny", "--tokens", "1", "--variants", "dense", "--disk", models.toString()};
    json(first);
    Path weights = models.resolve("dense/model.safetensors");
    FileTime written = Files.getLastModifiedTime(weights);
    for (String more : new String[] {"--prefill 64", "--context 3000 --prompt 20"}) {
      out.getBuffer().setLength(0);
      json(Stream.concat(Stream.of(first), Stream.of(more.split(" "))).toArray(String[]::new));
      assertThat(Files.getLastModifiedTime(weights)).isEqualTo(written);
    }
    assertThat(run(Stream.concat(Stream.of(first), Stream.of("--context", "5000")).toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains("The model in " + models.resolve("dense")
        + " knows 4096 positions but the measurement needs 5021; give another folder.");
  }

  @Test
  void anotherModelInThePlaceOfOneIsNotOverwritten() throws Exception {
    Path models = folder.resolve("models");
    json("--shape", "tiny", "--tokens", "1", "--variants", "dense", "--disk", models.toString());
    assertThat(run("--shape", "tiny", "--tokens", "1", "--variants", "dense", "--dtype", "bf16", "--disk", models.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(models.resolve("dense") + " holds another model than this measurement's; give another folder.");
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedWithBothNumbers() {
    assertThat(run("--shape", "17b", "--blocks", "1000", "--variants", "dense", "--disk", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).containsPattern("The models need [0-9.]+ GB but [0-9.]+ GB are free in ");
  }

  @Test
  void aModelOfOnesOwnIsComparedWithItsDenseTwin() throws Exception {
    Path config = Files.writeString(folder.resolve("config.json"), """
        {"model_type": "transformer_lm", "vocabulary_size": 50, "width": 32, "blocks": 1, "max_length": 64,
         "attention": {"type": "dense", "heads": 2}, "feed_forward": {"type": "sparse", "hidden_size": 64, "block_size": 8}}""");
    JsonNode result = json("--shape", config.toString(), "--tokens", "2");
    assertThat(result.get("variants").findValuesAsText("name")).containsExactly("dense", "model");
    assertThat(run("--shape", config.toString(), "--tokens", "2", "--context", "50")).isEqualTo(2);
    assertThat(err.toString()).contains("The measurement needs 72 positions but the model knows 64;");
  }

  @Test
  void aConfigurationFileIsMeasuredWithFewerBlocks() throws Exception {
    Path config = Files.writeString(folder.resolve("config.json"), """
        {"model_type": "transformer_lm", "vocabulary_size": 50, "width": 32, "blocks": 40, "max_length": 64,
         "attention": {"type": "dense", "heads": 2}, "feed_forward": {"type": "sparse", "hidden_size": 64, "block_size": 8}}""");
    assertThat(json("--shape", config.toString(), "--tokens", "1", "--blocks", "2").get("variants").findValuesAsText("blocks"))
        .containsExactly("2", "2");
  }

  @Test
  void theWeightsOfAFolderHaveTheBlocksThatTheyHave() throws Exception {
    json("--shape", "tiny", "--tokens", "1", "--variants", "ff", "--disk", folder.toString());
    out.getBuffer().setLength(0);
    assertRefused("--shape %s --blocks 1".formatted(folder.resolve("ff")),
        "--blocks is for named shapes and configuration files, not for the weights in %s.".formatted(folder.resolve("ff")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bf16", "f16"})
  void aModelFolderIsMeasuredInItsOwnType(String type) throws Exception {
    json("--shape", "tiny", "--tokens", "1", "--variants", "ff", "--dtype", type, "--prompt", "30", "--disk", folder.toString());
    out.getBuffer().setLength(0);
    String model = folder.resolve("ff").toString();
    assertThat(json("--shape", model, "--tokens", "1").get("variants").findValuesAsText("dtype")).containsExactly(type, type);
    assertThat(run("--shape", model, "--dtype", "q8")).isEqualTo(2);
    assertThat(err.toString()).contains("--dtype is q8 but the matrices in " + model + " are " + type + "; convert makes another folder of it.");
  }

  @Test
  void startsAreTimedByTheLauncherOnly() {
    assertThat(run("--startup")).isEqualTo(2);
    assertThat(err.toString()).contains("--startup times the program's launcher, terraformer, and must be run by it.");
  }

  @Test
  void moreThanTheMemoryHoldsIsRefusedWithBothNumbers() {
    assertThat(run("--shape", "17b", "--blocks", "1000")).isEqualTo(2);
    assertThat(err.toString()).containsPattern("The weights and caches need [0-9.]+ GB but [0-9.]+ GB of memory are available");
  }

  private JsonNode json(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--json";
    assertThat(run(all)).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(arguments));
    if (all.contains("--shape")) {
      all.addAll(List.of("--settle", "0"));
    }
    return Main.run(all.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err, true));
  }
}
