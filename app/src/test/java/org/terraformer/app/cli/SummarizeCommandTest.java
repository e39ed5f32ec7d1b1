package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummarizeCommandTest {
  @TempDir
  private static Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String line) {
    return Main.run(line.replace("FOLDER", folder.toString()).split(" "), new PrintWriter(out), new PrintWriter(err, true));
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
        {"model": {"model_type": "terraformer", "attention_layers": 1,
         "encoder": {"blocks": 1, "attention": {"type": "dense", "heads": 2}}, "width": 16,
         "blocks": 1, "max_length": 40, "attention": {"type": "dense", "heads": 2},
         "feed_forward": {"type": "dense", "hidden_size": 32}, "tokenizer": "bytes", "vocabulary_size": 257, "end_id": 256},
         "data": {"type": "pairs", "source_length": 24, "target_length": 6}, "batch": 4, "steps": 80,
         "schedule": {"type": "constant", "value": 0.02}, "validation": {"interval": 80, "tokens": 100}}
        """);
    Files.writeString(folder.resolve("text.txt"), "one more text");
    String line = "train --config FOLDER/config.json --data FOLDER/pairs.jsonl --out FOLDER/run -q";
    assertThat(new SummarizeCommandTest().run(line)).isZero();
  }

  @Test
  void theSummaryAloneGoesToStandardOutput() {
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/run/best")).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("ok");
    assertThat(err.toString()).contains("2 tokens, ");
  }

  @Test
  void theOptionsForDecodingAreThoseOfGenerate() throws IOException {
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/run/best --beams 2 -n 3 -q")).isZero();
    assertThat(out.toString()).startsWith("ok\n");
    out.getBuffer().setLength(0);
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/run/best --json --samples 2 -n 1")).isZero();
    JsonNode samples = new ObjectMapper().readTree(out.toString()).get("samples");
    assertThat(samples).hasSize(2).allSatisfy(sample -> assertThat(sample.get("text").asText()).isEqualTo("o"));
    assertThat(run("summarize FOLDER/text.txt --model FOLDER/run/best --length-penalty 1")).isEqualTo(2);
  }

  @Test
  void ofALongTextTheBeginningIsRead() throws IOException {
    Files.writeString(folder.resolve("long.txt"), "word ".repeat(20));
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best -n 3")).as(err.toString()).isZero();
    assertThat(err.toString()).contains("the text has 101 tokens, of which 24 are read");
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best -n 3 --source-tokens 90")).isZero();
    assertThat(err.toString()).contains("the text has 101 tokens, of which 40 are read");
    assertThat(run("summarize FOLDER/long.txt --model FOLDER/run/best -n 3 --source-tokens 10")).isZero();
    assertThat(err.toString()).contains("the text has 101 tokens, of which 10 are read");
  }

  @Test
  void eachTextOfJsonLinesHasASummary() throws IOException {
    assertThat(run("summarize FOLDER/pairs.jsonl --model FOLDER/run/best -q")).as(err.toString()).isZero();
    assertThat(out.toString().lines()).hasSize(12).containsOnly("{\"summary\":\"ok\"}");
    Files.writeString(folder.resolve("ours.jsonl"), out.toString());
    out.getBuffer().setLength(0);
    assertThat(run("evaluate --rouge FOLDER/pairs.jsonl --candidates FOLDER/ours.jsonl")).isZero();
    assertThat(out.toString()).contains("rougeLsum      1.0000     1.0000     1.0000");
  }

  /** Notes what comes, and after some lines refuses more, as a pipe that nobody reads any longer. */
  private static final class Reader extends Writer {
    private final List<String> read = new ArrayList<>();
    private final int most;

    private Reader(int most) {
      this.most = most;
    }

    @Override
    public void write(char[] characters, int from, int count) throws IOException {
      if (read.size() == most) {
        throw new IOException("Broken pipe");
      }
      read.add(new String(characters, from, count));
    }

    @Override
    public void flush() {
      // Nothing is kept back.
    }

    @Override
    public void close() {
      // There is nothing to release.
    }
  }

  private int summarizeAll(Reader reader) {
    String line = "summarize FOLDER/pairs.jsonl --model FOLDER/run/best -q".replace("FOLDER", folder.toString());
    return Main.run(line.split(" "), new PrintWriter(new BufferedWriter(reader)), new PrintWriter(err, true));
  }

  @Test
  void everySummaryOfJsonLinesIsPrintedAsSoonAsItIsMade() {
    Reader reader = new Reader(Integer.MAX_VALUE);
    assertThat(summarizeAll(reader)).as(err.toString()).isZero();
    assertThat(reader.read).hasSize(12).containsOnly("{\"summary\":\"ok\"}" + System.lineSeparator());
  }

  @Test
  void whoeverReadsNoMoreEndsIt() {
    Reader reader = new Reader(2);
    assertThat(summarizeAll(reader)).isZero();
    assertThat(reader.read).hasSize(2);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void ctrlCEndsItAfterASummary() {
    Interruption interruption = new Interruption();
    PrintWriter printed = new PrintWriter(out) {
      @Override
      public void println(String line) {
        super.println(line);
        interruption.request();
      }
    };
    String line = "summarize FOLDER/pairs.jsonl --model FOLDER/run/best".replace("FOLDER", folder.toString());
    assertThat(Main.run(line.split(" "), new Terminal(printed, new PrintWriter(err, true), false, interruption))).isEqualTo(130);
    assertThat(out.toString().lines()).containsExactly("{\"summary\":\"ok\"}");
    assertThat(err.toString().lines().toList().getLast()).isEqualTo("terraformer: interrupted");
  }

  /** A copy of the model whose end of a text is its padding, so that it reads nothing where there is nothing else. */
  private static void copyEndedByPadding() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("padded"));
    try (Stream<Path> files = Files.list(folder.resolve("run/best"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = (ObjectNode) json.readTree(copy.resolve("config.json").toFile());
    json.writeValue(copy.resolve("config.json").toFile(), config.put("end_id", 0));
  }

  @Test
  void anEmptyTextIsRefusedBeforeAnythingIsSummarised() throws IOException {
    copyEndedByPadding();
    Files.writeString(folder.resolve("empty.jsonl"), "{\"article\": \"one text\"}\n{\"article\": \" \"}\n{\"article\": \"\"}\n");
    assertThat(run("summarize FOLDER/empty.jsonl --model FOLDER/padded")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Line 3 of " + folder.resolve("empty.jsonl") + " has an empty text in its field article, of which there is no summary.");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aTextThatCanNotBeReadIsNamed() throws IOException {
    copyEndedByPadding();
    Files.writeString(folder.resolve("padding.jsonl"), "{\"article\": \"one text\"}\n{\"article\": \"\\u0000\"}\n");
    assertThat(run("summarize FOLDER/padding.jsonl --model FOLDER/padded -n 3")).isEqualTo(2);
    assertThat(err.toString()).contains("Line 2 of " + folder.resolve("padding.jsonl") + " can't be summarised: ");
    assertThat(out.toString().lines()).hasSize(1);
  }

  @Test
  void severalSamplesAndLogProbabilitiesAreForASingleText() {
    for (String option : List.of("--samples 2 --temperature 1", "--log-probs --json")) {
      assertThat(run("summarize FOLDER/pairs.jsonl --model FOLDER/run/best " + option)).isEqualTo(2);
      assertThat(err.toString()).contains("--samples and --log-probs are for a single text");
    }
  }

  @Test
  void theEmbeddedModelCanNotSummarise() {
    assertThat(run("summarize FOLDER/text.txt")).isEqualTo(2);
    assertThat(err.toString()).contains("The embedded model was not trained on sources and what belongs to them; give --model.");
  }
}
