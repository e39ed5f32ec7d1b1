package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.app.format.SparseModel;
import org.terraformer.app.trax.TraxConfiguration;

/** What inspect says of the golden model in which everything is sparse, beside sums written out by hand. */
class InspectTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VOCABULARY = 40;
  private static final int WIDTH = 16;
  private static final int HIDDEN = 64;
  private static final int BLOCK = 8;
  private static final int LOW_RANK = 8;
  private static final int MODULES = 4;
  private static final int MODULE_SIZE = WIDTH / MODULES;
  private static final int LENGTH = 3;
  private static final int BLOCKS = 2;
  private static final int NORM = 2 * WIDTH;

  @TempDir
  private Path folder;
  private JsonNode manifest;

  @BeforeEach
  void makeTheModel() throws Exception {
    manifest = manifest("e_lm_sparse_all.json");
    Map<String, Object> arguments = JSON.convertValue(manifest.get("trax").get("args"), new com.fasterxml.jackson.core.type.TypeReference<>() {});
    new SparseModel(folder, TraxConfiguration.of("ConfigurableTransformerLM", arguments).toMap());
  }

  private static JsonNode manifest(String name) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(InspectTest.class.getResourceAsStream("/golden.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          return JSON.readTree(zip.readAllBytes());
        }
      }
    }
    throw new IOException(name);
  }

  private static String inspect(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(Main.run(arguments, new PrintWriter(out), new PrintWriter(out))).isZero();
    return out.toString();
  }

  @Test
  void theParametersAreThoseThatTheReferenceRecorded() throws Exception {
    long recorded = 0;
    for (JsonNode weight : manifest.get("weights")) {
      long elements = 1;
      for (JsonNode size : weight.get("shape")) {
        elements *= size.asLong();
      }
      recorded += elements;
    }
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(figures.get("parameters").asLong()).isEqualTo(recorded);
    assertThat(figures.get("bytes").asLong()).isEqualTo(4 * recorded);
  }

  @Test
  void aTokenReadsOneUnitOfEachBlockAndAllOfTheController() throws Exception {
    int multiplicative = MODULES * WIDTH + WIDTH * MODULES + WIDTH;
    int queryOrKey = LENGTH * LENGTH * MODULE_SIZE * MODULE_SIZE + MODULE_SIZE;
    int value = LENGTH * MODULE_SIZE * MODULE_SIZE + MODULE_SIZE;
    int controller = WIDTH * LOW_RANK + LOW_RANK * HIDDEN + HIDDEN;
    int activeUnits = HIDDEN / BLOCK;
    int feedForward = controller + 2 * activeUnits * WIDTH + WIDTH;
    int block = NORM + multiplicative + 2 * queryOrKey + value + NORM + feedForward;
    int logits = 4 * WIDTH + WIDTH * VOCABULARY / 4 + VOCABULARY;
    int oneRowOfTwoTables = 2 * WIDTH;
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(figures.get("bytes_per_token").asLong()).isEqualTo(4L * (oneRowOfTwoTables + BLOCKS * block + NORM + logits));
  }

  @Test
  void theDenseTwinReadsAllOfItsMatrices() throws Exception {
    int attention = 4 * (WIDTH * WIDTH + WIDTH);
    int feedForward = WIDTH * HIDDEN + HIDDEN + HIDDEN * WIDTH + WIDTH;
    int blocks = BLOCKS * (NORM + attention + NORM + feedForward);
    int logits = WIDTH * VOCABULARY + VOCABULARY;
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(figures.get("dense_bytes_per_token").asLong()).isEqualTo(4L * (2 * WIDTH + blocks + NORM + logits));
    int tables = VOCABULARY * WIDTH + manifest.get("trax").get("args").get("max_len").asInt() * WIDTH;
    assertThat(figures.get("dense_parameters").asLong()).isEqualTo(tables + blocks + NORM + logits);
  }

  @Test
  void aTokenLeavesAKeyAndAValueInEachBlock() throws Exception {
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(figures.get("cache_bytes_per_token").asLong()).isEqualTo(4L * BLOCKS * 2 * WIDTH);
  }

  @ParameterizedTest
  @CsvSource({"bf16, 2, 0", "f16, 2, 0", "q8, 1, 2"})
  void matricesOfASmallerTypeReadFewerBytesAndAScaleForEachBlockOfARow(String type, int element, int scale) throws Exception {
    int tables = 2 * row(WIDTH, element, scale);
    int gates = 4 * MODULES * WIDTH;
    int multiplicative = gates + MODULE_SIZE * row(WIDTH, element, scale) + 4 * WIDTH;
    int queryOrKey = MODULE_SIZE * LENGTH * LENGTH * row(MODULE_SIZE, element, scale) + 4 * MODULE_SIZE;
    int value = MODULE_SIZE * LENGTH * row(MODULE_SIZE, element, scale) + 4 * MODULE_SIZE;
    int controller = LOW_RANK * row(WIDTH, element, scale) + HIDDEN * row(LOW_RANK, element, scale) + 4 * HIDDEN;
    int units = HIDDEN / BLOCK * 2 * row(WIDTH, element, scale) + 4 * WIDTH;
    int block = 2 * 4 * NORM + multiplicative + 2 * queryOrKey + value + controller + units;
    int logits = gates + VOCABULARY / 4 * row(WIDTH, element, scale) + 4 * VOCABULARY;
    String converted = folder.resolve(type).toString();
    inspect("convert", folder.toString(), "--dtype", type, "--out", converted);
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", converted));
    assertThat(figures.get("bytes_per_token").asLong()).isEqualTo(tables + BLOCKS * block + 4 * NORM + logits);
  }

  /** The bytes of a row that is no longer than a block of Q8. */
  private static int row(int elements, int element, int scale) {
    return elements * element + scale;
  }

  @Test
  void jsonHoldsTheConfigurationTheTensorsAndTheFigures() throws Exception {
    JsonNode figures = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(figures.fieldNames()).toIterable().containsExactly("config", "tensors", "parameters", "bytes", "bytes_per_token",
        "dense_parameters", "dense_bytes_per_token", "cache_bytes_per_token");
    assertThat(figures.get("config").get("vocabulary_size").asInt()).isEqualTo(VOCABULARY);
    JsonNode first = figures.get("tensors").get(0);
    assertThat(JSON.writeValueAsString(first))
        .isEqualTo("{\"name\":\"embedding.weight\",\"dtype\":\"F32\",\"shape\":[40,16],\"bytes\":2560}");
  }

  @Test
  void theSameFiguresAreShownToPeople() {
    assertThat(inspect("inspect", folder.toString())).contains("\"vocabulary_size\" : 40")
        .containsPattern("embedding\\.weight +F32 +\\[40, 16\\] +2,560 bytes").containsPattern("bytes read per token +[0-9,]+ +dense twin +[0-9,]+");
  }

  @Test
  void memoryOfAContextGrowsByItsCache() throws Exception {
    JsonNode few = memory("4");
    JsonNode many = memory("20");
    JsonNode all = JSON.readTree(inspect("inspect", "--json", folder.toString()));
    assertThat(few.get("weights").asLong()).isEqualTo(all.get("bytes").asLong());
    long activations = many.get("decoder").asLong() - few.get("decoder").asLong();
    assertThat(activations).isGreaterThanOrEqualTo(16L * BLOCKS * 2 * WIDTH * 2);
    assertThat(many.get("total").asLong()).isEqualTo(
        many.get("process").asLong() + many.get("weights").asLong() + many.get("decoder").asLong());
  }

  private JsonNode memory(String context) throws Exception {
    String figures = inspect(
        "inspect", "--json", folder.toString(), "--context", context, "--cache", "bf16", "--backend", "cpu");
    return JSON.readTree(figures).get("memory");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--target 5 | --target is for --context only.",
      "--cache bf16 --target 5 --backend nosuch | --cache is for --context only.",
      "--backend nosuch | --backend is for --context only.",
      "--threads 2 --json | --threads is for --context only.",
      "--context 4 --target 5 | --target is for models that read a source, not for a transformer_lm."})
  void whatWouldBeIgnoredIsRefused(String options, String sentence) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] line = ("inspect " + folder + " " + options).split(" ");
    assertThat(Main.run(line, new PrintWriter(out), new PrintWriter(err, true))).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(out.toString()).isEmpty();
  }
}
