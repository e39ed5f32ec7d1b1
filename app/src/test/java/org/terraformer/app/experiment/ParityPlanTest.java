package org.terraformer.app.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.app.format.JsonFile;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;

class ParityPlanTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final Map<String, Object> DENSE = Map.of("name", "dense");

  @SafeVarargs
  private static ParityPlan plan(Map<String, Object>... rows) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("vocabulary_size", 300);
    map.put("data", List.of("text.txt"));
    map.put("validation", List.of("valid.txt"));
    map.put("hidden_size_multiple", 1);
    map.put("training", Map.of("steps", 4, "batch", 2, "length", 16, "validation", Map.of("tokens", 64, "interval", 2),
        "model", Map.of("width", 16, "blocks", 2, "max_length", 64, "attention", Map.of("type", "dense", "heads", 2),
        "feed_forward", Map.of("type", "dense", "hidden_size", 64))));
    map.put("rows", Arrays.asList(rows));
    return ParityPlan.fromMap(map, TYPES);
  }

  private static Map<String, Object> row(String name, String like, Map<String, Object> training) {
    return Map.of("name", name, "like", like, "training", training);
  }

  private static Map<String, Object> feedForward(Object... fields) {
    Map<String, Object> layer = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      layer.put((String) fields[i], fields[i + 1]);
    }
    return Map.of("model", Map.of("feed_forward", layer));
  }

  @Test
  void hiddenSizesAreChosenSoThatAllRowsHaveTheParametersOfTheFirst() {
    ParityPlan plan = plan(DENSE, row("ff", "dense", feedForward("type", "sparse", "block_size", 4, "low_rank", 4)),
        row("qkv", "dense", Map.of("model", Map.of("attention", Map.of("type", "sparse_qkv", "heads", 2)))),
        row("both", "ff", Map.of("model", Map.of("attention", Map.of("type", "sparse_qkv", "heads", 2)))));
    long dense = plan.baseline().parameters();
    assertThat(plan.rows()).allSatisfy(row -> assertThat((double) row.parameters() / dense).isBetween(0.99, 1.01));
    assertThat(plan.rows()).extracting(ParityRow::hiddenSize).doesNotHaveDuplicates();
    assertThat((int) plan.rows().get(1).hiddenSize() % 4).isZero();
    assertThat(plan.rows().get(3).config().model().feedForwardOf(0).options()).containsEntry("low_rank", 4);
  }

  @Test
  void aRowMayKeepTheSizesThatItIsGiven() {
    ParityPlan plan = plan(DENSE, Map.of("name", "small", "fit", false, "training", feedForward("hidden_size", 32)));
    assertThat(plan.rows().get(1).hiddenSize()).isEqualTo(32);
    assertThat(plan.rows().get(1).parameters()).isLessThan(plan.baseline().parameters());
  }

  @Test
  void aRowChangesTheFieldsThatItNamesInTheRowThatItIsLike() {
    ParityPlan plan = plan(DENSE, row("ff", "dense", feedForward("type", "sparse", "block_size", 4, "low_rank", 4)),
        row("cool", "ff", feedForward("temperature", 0)), row("quick", "cool", Map.of("schedule", "constant")));
    assertThat(plan.rows().get(3).config().model().feedForwardOf(0).options())
        .containsEntry("temperature", 0).containsEntry("block_size", 4);
    assertThat(plan.rows().get(3).config().schedule().options()).containsEntry("factors", "constant");
    assertThat(plan.rows().get(2).config(7).seed()).isEqualTo(7);
  }

  @Test
  void rowsThatCanNotBeComparedAreRefused() {
    refused("In row b: It would be trained on 256 tokens, but the row dense on 128.", row("b", "dense", Map.of("batch", 4)));
    refused("In row b: It would be validated on 64 tokens in windows of 8, but the row dense on 64 in windows of 16.",
        row("b", "dense", Map.of("length", 8, "batch", 4)));
    refused("In row b: With the hidden size ", row("b", "dense", Map.of("model", Map.of("width", 64))));
    refused("In row b: The field feed_forward.block_size is missing.", row("b", "dense", feedForward("type", "sparse")));
    refused("In row b: The field lenght is unknown", row("b", "dense", Map.of("lenght", 8)));
    refused("The field rows[1].like is c but must be the name of a row before it.", row("b", "c", Map.of()));
    refused("The field rows[1].name is dense but is the name of another row.", DENSE);
    refused("The field rows[1].name is a/b but must be of letters, digits", Map.of("name", "a/b"));
    refused("The field rows[1].seeds is [0, 0] but must be a list of different whole numbers from 0.",
        Map.of("name", "b", "seeds", List.of(0, 0)));
    refused("The field rows[1].title is dense but is the title of another row.", Map.of("name", "b", "title", "dense"));
    refused("The field rows[1].title is \"\" but must not be empty.", Map.of("name", "b", "title", ""));
    refused("In row b: The field seed must not be given", row("b", "dense", Map.of("seed", 1)));
    refused("The field rows[1].seed is unknown (did you mean seeds?)", Map.of("name", "b", "seed", 1));
  }

  private static void refused(String sentence, Map<String, Object> row) {
    assertThatThrownBy(() -> plan(DENSE, row)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith(sentence);
  }

  @Test
  void theComparisonInTheDocumentationHasEqualParametersAndTwoSeedsWhereTheyMatter() {
    Path file = Path.of(System.getProperty("root.dir"), "docs", "results", "parity.json");
    ParityPlan plan = ParityPlan.fromMap(JsonFile.read(file), TYPES);
    long dense = plan.baseline().parameters();
    assertThat(plan.rows()).allSatisfy(row -> assertThat((double) row.parameters() / dense).isBetween(0.99, 1.01));
    assertThat(plan.named(List.of("dense", "all"))).allSatisfy(row -> assertThat(row.seeds()).hasSizeGreaterThan(1));
  }
}
