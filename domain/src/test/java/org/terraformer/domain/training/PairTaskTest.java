package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

class PairTaskTest {
  private static final int END = 9;

  private static final Map<String, Object> MODEL = Map.of("width", 8, "blocks", 1, "max_length", 64, "vocabulary_size", 300,
      "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16));
  private static final Map<String, Object> ENCODER =
      Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2));

  private static TrainingConfig config(int batch, Map<String, Object> data) {
    return config(batch, data, MODEL);
  }

  private static TrainingConfig config(int batch, Map<String, Object> data, Map<String, Object> model) {
    return TrainingConfig.fromMap(Map.of("model", model, "steps", 10, "batch", batch, "data", data, "samples",
        Map.of("tokens", 0)), 200);
  }

  private static Map<String, Object> pairs(int source, int target) {
    return new LinkedHashMap<>(Map.of("type", "pairs", "source_length", source, "target_length", target));
  }

  /** Text number i has i times the id 10 + i as its source, and one token as its target. */
  private static PairTask.Texts texts(int count) {
    return new PairTask.Texts(
        IntStream.range(0, count).mapToObj(i -> TokenSequence.of(IntStream.generate(() -> 10 + i).limit(i).toArray())).toList(),
        IntStream.range(0, count).mapToObj(i -> TokenSequence.of(new int[] {100 + i})).toList());
  }

  @Test
  void aSourceIsFollowedByItsTargetWhichAloneCounts() {
    TrainingConfig config = config(1, pairs(8, 8));
    Batch batch = ((PairTask) config.data()).data(one(), one(), config, END).batch(1);
    assertThat(batch.targets()).containsExactly(11, 12, 13, END, 21, 22, END);
    assertThat(batch.inputs()).containsExactly(0, 11, 12, 13, END, 21, 22);
    assertThat(batch.lossWeights()).containsExactly(0, 0, 0, 0, 1, 1, 1);
  }

  @Test
  void longTextsAreCutBeforeTheirEndAndShortSequencesPadded() {
    TrainingConfig config = config(2, pairs(4, 3));
    PairTask.Texts two = new PairTask.Texts(
        List.of(TokenSequence.of(new int[] {11, 12, 13, 14, 15}), TokenSequence.of(new int[] {16})),
        List.of(TokenSequence.of(new int[] {21, 22, 23, 24}), TokenSequence.of(new int[0])));
    Batch batch = ((PairTask) config.data()).data(two, two, config, END).batch(1);
    assertThat(config.length()).isEqualTo(7);
    int[] expected = {11, 12, 13, END, 21, 22, END, 16, END, END, 0, 0, 0, 0};
    float[] weights = {0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0};
    boolean swapped = batch.targets()[0] == 16;
    for (int i = 0; i < 14; i++) {
      int at = swapped ? (i + 7) % 14 : i;
      assertThat(batch.targets()[at]).isEqualTo(expected[i]);
      assertThat(batch.lossWeights()[at]).isEqualTo(weights[i]);
    }
  }

  @Test
  void aTransformerHasSourceAndTargetInTheSameRows() {
    Map<String, Object> model = new LinkedHashMap<>(MODEL);
    model.putAll(Map.of("model_type", "encoder_decoder", "encoder", ENCODER, "cross_attention",
        Map.of("type", "dense", "heads", 2)));
    TrainingConfig config = config(1, pairs(8, 6), model);
    assertThat(config.length()).isEqualTo(8);
    Batch batch = ((PairTask) config.data()).data(one(), one(), config, END).batch(1);
    assertThat(batch.sources().orElseThrow().source()).containsExactly(11, 12, 13, END);
    assertThat(batch.inputs()).containsExactly(0, 21, 22, 0);
    assertThat(batch.targets()).containsExactly(21, 22, END, 0);
    assertThat(batch.lossWeights()).containsExactly(1, 1, 1, 0);
  }

  @Test
  void aTerraformerHasTheTargetBehindTheSource() {
    Map<String, Object> model = new LinkedHashMap<>(MODEL);
    model.putAll(Map.of("model_type", "terraformer", "encoder", ENCODER));
    TrainingConfig config = config(1, pairs(8, 6), model);
    assertThat(config.length()).isEqualTo(14);
    Batch batch = ((PairTask) config.data()).data(one(), one(), config, END).batch(1);
    assertThat(batch.sources().orElseThrow().source()).containsExactly(11, 12, 13, END, 0, 0, 0);
    assertThat(batch.sources().orElseThrow().lengths()).containsExactly(4);
    assertThat(batch.inputs()).containsExactly(0, 0, 0, 0, 0, 21, 22);
    assertThat(batch.targets()).containsExactly(0, 0, 0, 0, 21, 22, END);
    assertThat(batch.lossWeights()).containsExactly(0, 0, 0, 0, 1, 1, 1);
  }

  private static PairTask.Texts one() {
    return new PairTask.Texts(List.of(TokenSequence.of(new int[] {11, 12, 13})), List.of(TokenSequence.of(new int[] {21, 22})));
  }

  @Test
  void whatIsPutAsideIsNotTrainedOn() {
    Map<String, Object> map = pairs(32, 8);
    TrainingConfig config = config(4, map);
    TrainingData data = ((PairTask) config.data()).split(texts(21), config, END);
    Set<Integer> targets = new HashSet<>();
    for (int step = 1; step <= 20; step++) {
      Batch batch = data.batch(step);
      for (int row = 0; row < batch.rows(); row++) {
        if (batch.lossWeights()[row] == 1 && batch.targets()[row] != END) {
          targets.add(batch.targets()[row]);
        }
      }
    }
    assertThat(targets).hasSize(20).doesNotContain(120);
  }

  @Test
  void tooFewPairsAreRefused() {
    TrainingConfig config = config(4, pairs(8, 8));
    PairTask task = (PairTask) config.data();
    assertThatThrownBy(() -> task.split(texts(4), config, END)).isInstanceOf(InvalidInputException.class)
        .hasMessage("There are 3 examples to train on, too few for a batch of 4.");
    assertThatThrownBy(() -> task.data(texts(8), texts(0), config, END)).isInstanceOf(InvalidInputException.class)
        .hasMessage("There are no examples to validate on.");
    assertThatThrownBy(() -> new PairTask.Texts(texts(2).sources(), texts(1).targets())).isInstanceOf(InvalidInputException.class)
        .hasMessage("There are 2 sources but 1 targets.");
  }

  @Test
  void spansToBeFilledInMakeSequencesOfOneLength() {
    TrainingConfig config = config(3, Map.of("type", "span_corruption", "window", 20));
    TokenSequence text = TokenSequence.of(IntStream.range(10, 200).toArray());
    TrainingData data = ((SpanTask) config.data()).data(text, text, config, END);
    assertThat(config.length()).isEqualTo(20 + 2 + 2);
    Batch batch = data.batch(1);
    assertThat(batch.length()).isEqualTo(24);
    assertThat(batch.sequences()).isEqualTo(3);
    assertThat(data.batch(1).targets()).isEqualTo(batch.targets()).isNotEqualTo(data.batch(2).targets());
    float counted = 0;
    for (float weight : batch.lossWeights()) {
      counted += weight;
    }
    assertThat(counted).isEqualTo(3 * (3 + 1 + 1));
  }

  @Test
  void whatIsReadIsWritten() {
    for (Map<String, Object> data : List.of(pairs(12, 7), Map.<String, Object>of("type", "span_corruption", "window", 30,
        "noise_density", 0.5, "mean_span_length", 3.0))) {
      TrainingConfig config = config(1, data);
      assertThat(config.data().toMap()).isEqualTo(data);
    }
  }
}
