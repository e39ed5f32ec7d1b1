package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RougeCommandTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path references;
  private Path candidates;

  @BeforeEach
  void texts() throws IOException {
    references = Files.writeString(folder.resolve("valid.jsonl"), """
        {"article": "Intro\\nWe train models. They sleep. It ends. Nobody reads this.", "abstract": "We train a model.\\nIt ends."}
        {"article": "Cats sit.", "abstract": "Cats sit."}
        """);
    candidates = Files.writeString(folder.resolve("ours.jsonl"), """
        {"summary": "We train a model.\\nIt ends."}
        {"summary": "Dogs run."}
        """);
  }

  private int run(String line) {
    return Main.run(line.replace("REFERENCES", references.toString()).replace("CANDIDATES", candidates.toString()).split(" "),
        new PrintWriter(out), new PrintWriter(err, true));
  }

  @Test
  void candidatesAreComparedLineByLine() throws IOException {
    assertThat(run("evaluate --rouge REFERENCES --candidates CANDIDATES --json")).isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.fieldNames()).toIterable().containsExactly("rouge1", "rouge2", "rougeL", "rougeLsum", "texts");
    assertThat(figures.get("rouge2").get("f1").asDouble()).isEqualTo(0.5);
    assertThat(figures.get("texts").asInt()).isEqualTo(2);
  }

  @Test
  void theLeadIsABaselineOfItsOwn() {
    assertThat(run("evaluate --rouge REFERENCES --lead --limit 1")).isZero();
    assertThat(out.toString().lines()).containsExactly(
        "            precision     recall         F1",
        "rouge1         0.5714     0.6667     0.6154",
        "rouge2         0.3333     0.4000     0.3636",
        "rougeL         0.5714     0.6667     0.6154",
        "rougeLsum      0.5714     0.6667     0.6154",
        "texts               1");
  }

  @Test
  void stemsMakeMoreWordsAlike() {
    assertThat(run("evaluate --rouge REFERENCES --lead 3 --limit 1 --stem --quiet")).isZero();
    assertThat(out.toString()).contains("rouge1         0.7143     0.8333     0.7692");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--rouge REFERENCES | --rouge needs either --candidates or --lead.",
      "--rouge REFERENCES --lead 0 | --lead is 0 but must be 1 or more.",
      "--rouge REFERENCES --lead 3 --model copy | --rouge compares texts without a model, so --model must not be given.",
      "--rouge REFERENCES --lead --context 9 | --rouge compares texts without a model, so --context must not be given.",
      "--rouge REFERENCES --lead --backend cpu | --rouge compares texts without a model, so --backend must not be given.",
      "--lambada x --stride 64 | --stride is for --text only.",
      "--text a.txt --stride 0 | --stride is 0 but must be 1 or more.",
      "--training x --limit 3 | --training says what is evaluated, so --limit must not be given.",
      "--training x --batch 3 | --training says what is evaluated, so --batch must not be given.",
      "--text a.txt --stem | --candidates, --lead, --stem and the names of fields of summaries are for --rouge only.",
      "--rouge REFERENCES --lead --source-field body | Line 1 of REFERENCES has no text in a field body.",
      "--rouge CANDIDATES --target-field summary --candidates nowhere.jsonl | There is no file nowhere.jsonl.",
      "--json | Give either --text, --lambada, --blimp, --training or --rouge."})
  void wrongInputIsAnsweredByASentence(String arguments, String sentence) {
    assertThat(run("evaluate " + arguments)).isEqualTo(2);
    assertThat(err.toString()).contains(sentence.replace("REFERENCES", references.toString()));
  }

  @Test
  void filesOfDifferentLengthsDoNotBelongTogether() throws IOException {
    Files.writeString(candidates, "{\"summary\": \"one\"}\n");
    assertThat(run("evaluate --rouge REFERENCES --candidates CANDIDATES")).isEqualTo(2);
    assertThat(err.toString()).contains("has 2 summaries but").contains("has 1 candidates; line by line they belong together.");
  }

  @Test
  @Tag("shared")
  void theLeadOfScientificPapersSaysSomethingOfTheirAbstracts() throws IOException {
    String shared = System.getProperty("shared.dir", "");
    assumeThat(shared).as("-Dshared.dir").isNotBlank();
    references = Path.of(shared, "data/papers/valid.jsonl.gz");
    assertThat(run("evaluate --rouge REFERENCES --lead 3 --json")).isZero();
    JsonNode figures = new ObjectMapper().readTree(out.toString());
    assertThat(figures.get("texts").asInt()).isEqualTo(80);
    assertThat(figures.get("rouge1").get("f1").asDouble()).isBetween(0.2, 0.5);
    assertThat(figures.get("rouge2").get("f1").asDouble()).isBetween(0.02, figures.get("rougeLsum").get("f1").asDouble());
  }
}
