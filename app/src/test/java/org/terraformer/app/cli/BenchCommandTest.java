package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
          "gbps", "bandwidth_fraction", "speedup", "speedup_limit");
      assertThat(variant.get("tokens_per_s").asDouble() * variant.get("ms_per_token").asDouble()).isBetween(999.9, 1000.1);
    }
    assertThat(result.get("variants").get(0).get("speedup").asDouble()).isEqualTo(1);
    assertThat(result.get("variants").get(4).get("speedup_limit").asDouble()).isGreaterThan(2);
  }

  @Test
  void aSweepMeasuresEveryWidthAndIsDrawn() throws Exception {
    Path picture = folder.resolve("sweep.svg");
    JsonNode result = json("--shape", "tiny", "--tokens", "2", "--variants", "dense,ff+qkv", "--sweep", "64,128", "--dtype", "q8",
        "--plot", picture.toString());
    assertThat(result.get("sweep")).hasSize(2);
    assertThat(Files.readString(picture).contains("<svg")).isTrue();
  }

  @Test
  void aModelOfOnesOwnIsComparedWithItsDenseTwin() throws Exception {
    Path config = Files.writeString(folder.resolve("config.json"), """
        {"model_type": "transformer_lm", "vocabulary_size": 50, "width": 32, "blocks": 1, "max_length": 64,
         "attention": {"type": "dense", "heads": 2}, "feed_forward": {"type": "sparse", "hidden_size": 64, "block_size": 8}}""");
    JsonNode result = json("--shape", config.toString(), "--tokens", "2");
    assertThat(result.get("variants").findValuesAsText("name")).containsExactly("dense", "model");
  }

  @Test
  void anUnknownVariantIsRefused() {
    assertThat(run("--variants", "dense,moe")).isEqualTo(2);
    assertThat(err.toString()).contains("The variant is moe but must be one of dense, ff, qkv, ff+qkv, ff+qkv+logits.");
  }

  @Test
  void moreThanTheMemoryHoldsIsRefusedWithBothNumbers() {
    assertThat(run("--shape", "17b", "--blocks", "5000")).isEqualTo(2);
    assertThat(err.toString()).containsPattern("The weights and caches need [0-9.]+ GB but [0-9.]+ GB of memory are available");
  }

  @Test
  void aPictureOfAnotherKindIsRefusedBeforeMeasuring() {
    assertThat(run("--shape", "tiny", "--plot", "x.gif")).isEqualTo(2);
    assertThat(err.toString()).contains("--plot is x.gif but must end with .svg or .png.");
  }

  private JsonNode json(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--json";
    assertThat(run(all)).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "bench";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Main.run(all, new PrintWriter(out), new PrintWriter(err, true));
  }
}
