package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.ports.failure.InvalidInputException;

class CopyTaskTest {

  private static TrainingConfig config(int seed, Map<String, Object> task) {
    Map<String, Object> data = new LinkedHashMap<>(task);
    data.put("type", "copy");
    Map<String, Object> model = Map.of("width", 8, "blocks", 1, "max_length", 64, "vocabulary_size", 7,
        "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16));
    return TrainingConfig.fromMap(Map.of("model", model, "steps", 10, "seed", seed, "batch", 5, "data", data), 300);
  }

  private static TrainingData data(TrainingConfig config) {
    return ((CopyTask) config.data()).data(config);
  }

  @Property(tries = 100)
  void eachSequenceIsAWordTwiceOfWhichTheSecondCounts(@ForAll @IntRange(min = 1, max = 12) int longest, @ForAll boolean reversed,
      @ForAll @IntRange(min = 0, max = 1000) int seed, @ForAll @IntRange(min = 1, max = 1000) int step) {
    TrainingConfig config = config(seed, Map.of("longest", longest, "reversed", reversed));
    Batch batch = data(config).batch(step);
    assertThat(config.length()).isEqualTo(2 * longest + 2);
    assertThat(batch.sequences()).isEqualTo(5);
    assertThat(batch.length()).isEven().isBetween(4, config.length());
    int word = batch.length() / 2 - 1;
    for (int i = 0; i < 5; i++) {
      int[] tokens = Arrays.copyOfRange(batch.targets(), i * batch.length(), (i + 1) * batch.length());
      float[] weights = Arrays.copyOfRange(batch.lossWeights(), i * batch.length(), (i + 1) * batch.length());
      assertThat(tokens[0]).isZero();
      assertThat(tokens[word + 1]).isZero();
      for (int j = 0; j < word; j++) {
        assertThat(tokens[1 + j]).isBetween(1, 5);
        assertThat(tokens[word + 2 + j]).isEqualTo(tokens[reversed ? word - j : 1 + j]);
        assertThat(weights[1 + j]).isZero();
        assertThat(weights[word + 2 + j]).isOne();
      }
      assertThat(weights[0] + weights[word + 1]).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 5, 6})
  void wordsHaveAllIdsButTheFirstTheLastAndThatOfPadding(int padding) {
    Map<String, Object> model = Map.of("model_type", "encoder_decoder", "width", 8, "blocks", 1, "max_length", 64, "vocabulary_size", 7,
        "padding_id", padding, "encoder", Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2)),
        "cross_attention", Map.of("type", "dense", "heads", 2), "attention", Map.of("type", "dense", "heads", 2),
        "feed_forward", Map.of("type", "dense", "hidden_size", 16));
    TrainingConfig config = TrainingConfig.fromMap(Map.of("model", model, "steps", 10, "batch", 5,
        "data", Map.of("type", "copy", "shortest", 20, "longest", 20)), 300);
    Set<Integer> drawn = new TreeSet<>();
    for (int id : data(config).batch(1).sources().orElseThrow().source()) {
      drawn.add(id);
    }
    assertThat(drawn).isEqualTo(new TreeSet<>(IntStream.rangeClosed(1, 5).filter(id -> id != padding).boxed().toList()));
  }

  @Test
  void aBatchDependsOnSeedAndStepAlone() {
    Map<String, Object> task = Map.of("longest", 8);
    Set<String> batches = new HashSet<>();
    for (int seed = 0; seed < 3; seed++) {
      TrainingData data = data(config(seed, task));
      for (int step = 1; step <= 5; step++) {
        batches.add(Arrays.toString(data.batch(step).targets()));
      }
      assertThat(data(config(seed, task)).batch(5).targets()).isEqualTo(data.batch(5).targets());
    }
    assertThat(batches).hasSize(15);
  }

  @Test
  void theTaskIsReadAndWrittenAndIsRefusedWhereItContradictsItself() {
    TrainingConfig config = config(1, Map.of("longest", 8, "shortest", 2));
    assertThat(config.data()).isEqualTo(new CopyTask(2, 8, 4, false));
    assertThat(TrainingConfig.fromMap(config.toMap(), 1).toMap()).isEqualTo(config.toMap());
    assertThat(config.samples().tokens()).isZero();
    refused("longest is 3 but must be at least its shortest, 4", Map.of("longest", 3, "shortest", 4));
    refused("The field data.longest is missing", Map.of());
    refused("The field length is 66 but the model knows 64 positions", Map.of("longest", 32));
  }

  private static void refused(String sentence, Map<String, Object> task) {
    assertThatThrownBy(() -> config(0, task)).isInstanceOf(InvalidInputException.class).hasMessageContaining(sentence);
  }
}
