package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.ports.text.Tokenizer;

/** A language model without an encoder that was trained on pairs, with a tokenizer whose end id the configuration does not repeat. */
class PairsWithoutEncoderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEGIN = "train --config FOLDER/config.json --data FOLDER/pairs.jsonl --tokenizer FOLDER/tokenizer.json "
      + "--backend scalar -q --out ";

  @TempDir
  private static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return run(new Terminal(new PrintWriter(out), new PrintWriter(err, true), false), line);
  }

  private static int run(Terminal terminal, String line) {
    return Main.run(line.replace("FOLDER", folder.toString()).split(" "), terminal);
  }

  /** A model that has learnt that every text's summary is {@code ok}. */
  @BeforeAll
  static void train() throws IOException {
    Files.writeString(folder.resolve("pairs.jsonl"), """
        {"article": "one text", "abstract": "ok"}
        {"article": "another, longer text", "abstract": "ok"}
        {"article": "a third", "abstract": "ok"}
        """.repeat(4));
    Files.writeString(folder.resolve("config.json"), """
        {"model": {"width": 16, "blocks": 1, "max_length": 40, "attention": {"type": "dense", "heads": 2},
         "feed_forward": {"type": "dense", "hidden_size": 32}}, "samples": {"tokens": 0},
         "data": {"type": "pairs", "source_length": 24, "target_length": 6}, "batch": 4, "steps": 80,
         "schedule": {"type": "constant", "value": 0.02}, "validation": {"interval": 80, "tokens": 100}}
        """);
    Files.writeString(folder.resolve("text.txt"), "one more text");
    PairsWithoutEncoderTest first = new PairsWithoutEncoderTest();
    assertThat(first.run("train-tokenizer --data FOLDER/pairs.jsonl --field article --vocabulary-size 262 --out FOLDER/tokenizer.json"))
        .as(first.err.toString()).isZero();
    assertThat(first.run(BEGIN + "FOLDER/run")).as(first.err.toString()).isZero();
  }

  private static JsonNode json(String file) throws IOException {
    return JSON.readTree(folder.resolve(file).toFile());
  }

  @Test
  void theModelKnowsTheIdThatEndedItsTexts() throws IOException {
    int end;
    try (Tokenizer tokenizer = Tokenizers.at(folder.resolve("tokenizer.json")).tokenizer()) {
      end = tokenizer.endId().orElseThrow();
    }
    assertThat(json("run/best/config.json").path("end_id").asInt(-1)).isEqualTo(end);
    assertThat(json("run/last/config.json").path("end_id").asInt(-1)).isEqualTo(end);
    assertThat(json("run/training.json").at("/config/model/end_id").asInt(-1)).isEqualTo(end);
  }

  @Test
  void itSummarisesUpToThatId() {
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/run/best")).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("ok");
    out.getBuffer().setLength(0);
    assertThat(run("summarize FOLDER/pairs.jsonl --model FOLDER/run/best -q --beams 2")).as(err.toString()).isZero();
    assertThat(out.toString().lines()).hasSize(12).containsOnly("{\"summary\":\"ok\"}");
  }

  @Test
  void inJavaItReadsASourceAsAModelWithAnEncoderDoes() {
    try (LanguageModel model = LanguageModel.load(folder.resolve("run/best"), Settings.DEFAULT)) {
      model.read("one text");
      assertThat(model.generate("", 20)).isEqualTo("ok");
      model.read("a third");
      assertThat(model.prompt(new int[] {5})).startsWith(0).endsWith(model.config().endId().orElseThrow(), 5)
          .hasSize(2 + model.source("a third").length);
    }
  }

  @Test
  void ofALongTextIsReadWhatLeavesRoomForTheSummary() throws IOException {
    Files.writeString(folder.resolve("long.txt"), "abcdefgh".repeat(20));
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best -n 6")).as(err.toString()).isZero();
    assertThat(err.toString()).containsPattern("the text has \\d+ tokens, of which 24 are read");
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best -n 6 --source-tokens 90")).isZero();
    assertThat(err.toString()).containsPattern("the text has \\d+ tokens, of which 34 are read");
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best")).isZero();
    assertThat(err.toString()).containsPattern("the text has \\d+ tokens, of which 20 are read");
  }

  @Test
  void aModelWithoutAnEndIdIsRefused() throws IOException {
    Path endless = Files.createDirectories(folder.resolve("endless"));
    for (String file : new String[] {"model.safetensors", "tokenizer.json"}) {
      Files.copy(folder.resolve("run/best").resolve(file), endless.resolve(file));
    }
    ObjectNode config = (ObjectNode) json("run/best/config.json");
    config.remove("end_id");
    JSON.writeValue(endless.resolve("config.json").toFile(), config);
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/endless")).isEqualTo(2);
    assertThat(err.toString()).contains("The model is a transformer_lm without an end_id, so nothing tells it where a source ends");
  }

  @Test
  void aTrainingThatWasBegunWithoutTheEndIdGoesOnBitForBit() throws IOException {
    Terminal impatient = new Terminal(new PrintWriter(out), new PrintWriter(err, true), false);
    impatient.interruption().request();
    assertThat(run(impatient, BEGIN + "FOLDER/parts")).isEqualTo(130);
    ObjectNode told = (ObjectNode) json("parts/training.json");
    ((ObjectNode) told.at("/config/model")).remove("end_id");
    JSON.writeValue(folder.resolve("parts/training.json").toFile(), told);
    assertThat(run(impatient, "train --resume --out FOLDER/parts --config FOLDER/config.json --backend scalar")).isEqualTo(130);
    assertThat(json("parts/training.json").get("config")).isEqualTo(json("run/training.json").get("config"));
    assertThat(run("train --resume --out FOLDER/parts --backend scalar")).as(err.toString()).isZero();
    assertThat(folder.resolve("parts/state.safetensors")).hasSameBinaryContentAs(folder.resolve("run/state.safetensors"));
  }
}
