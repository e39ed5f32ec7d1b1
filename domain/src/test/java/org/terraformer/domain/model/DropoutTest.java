package org.terraformer.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/** Where a model leaves out elements while it is trained. */
class DropoutTest {
  private static final Map<String, Object> DENSE = Map.of("type", "dense", "hidden_size", 16);
  private static final Map<String, Object> SPARSE = Map.of("type", "sparse", "hidden_size", 16, "block_size", 4);
  private static final Map<String, Object> ENCODER = Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2));

  private static List<Step> steps(Recorder recorder, Map<String, Object> feedForward) {
    return steps(recorder, ModelConfig.MODEL_TYPE, Map.of("blocks", 2, "feed_forward", feedForward));
  }

  private static List<Step> steps(Recorder recorder, String type, Map<String, Object> settings) {
    Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", type, "vocabulary_size", 6, "width", 8, "blocks", 1,
        "max_length", 8, "attention", Map.of("type", "dense", "heads", 2), "feed_forward", DENSE));
    map.putAll(settings);
    Models.logits(ModelConfig.fromMap(map), new LayerTypes(BuiltInLayerTypes.all()), recorder);
    return recorder.program().steps();
  }

  private static Recorder training(DropoutRates rates) {
    return Recorder.forTraining(new SeededChance(), rates);
  }

  /** For each dropout what its draws are for, in the order of the model. */
  private static List<Extent> draws(List<Step> steps) {
    return steps.stream().filter(step -> step.operation() instanceof Dropout).map(step -> step.operands().get(1).extent()).toList();
  }

  /** What elements are left out of, in the order of the model. */
  private static List<String> names(List<Step> steps) {
    return steps.stream().filter(step -> step.operation() instanceof Dropout).map(step -> step.operands().getFirst().name()).toList();
  }

  private static long count(List<Step> steps, Class<? extends Operation> operation) {
    return steps.stream().filter(step -> operation.isInstance(step.operation())).count();
  }

  @Test
  void hiddenElementsAreLeftOutOfTokensPositionsAndWhatEachLayerAdds() {
    assertThat(draws(steps(training(new DropoutRates(0.1, 0, 0, false)), DENSE)))
        .containsExactly(Extent.ROW, Extent.FIXED, Extent.ROW, Extent.ROW, Extent.ROW, Extent.ROW);
  }

  @Test
  void sharedOverTimeTheyAreLeftOutOfAllRowsOfASequenceAndOfTheWholeBatchBehindASparseLayer() {
    DropoutRates rates = new DropoutRates(0.1, 0, 0, true);
    assertThat(draws(steps(training(rates), DENSE)))
        .containsExactly(Extent.SEQUENCE, Extent.FIXED, Extent.SEQUENCE, Extent.SEQUENCE, Extent.SEQUENCE, Extent.SEQUENCE);
    assertThat(draws(steps(training(rates), SPARSE)))
        .containsExactly(Extent.SEQUENCE, Extent.FIXED, Extent.SEQUENCE, Extent.FIXED, Extent.SEQUENCE, Extent.FIXED);
  }

  @Test
  void hiddenUnitsOfDenseFeedForwardLayersAreLeftOutOfAllRowsOfASequence() {
    DropoutRates rates = new DropoutRates(0, 0.1, 0, false);
    assertThat(draws(steps(training(rates), DENSE))).containsExactly(Extent.SEQUENCE, Extent.SEQUENCE);
    assertThat(draws(steps(training(rates), SPARSE))).isEmpty();
  }

  @Test
  void attentionWeightsAreLeftOutInsideTheOperation() {
    List<Step> steps = steps(training(new DropoutRates(0, 0, 0.1, false)), DENSE);
    assertThat(draws(steps)).isEmpty();
    assertThat(count(steps, DroppedAttention.class)).isEqualTo(2);
    assertThat(count(steps, CausalAttention.class)).isZero();
  }

  @Test
  void anEncoderDecoderDoesSoOnBothSidesAndBehindCrossAttention() {
    Recorder recorder = training(new DropoutRates(0.1, 0, 0, false));
    assertThat(names(steps(recorder, "encoder_decoder",
        Map.of("encoder", ENCODER, "cross_attention", Map.of("type", "dense", "heads", 2))))).containsExactly(
            "embedding", "encoder.positions.embedding", "encoder.blocks.0.attention.output.linear", "encoder.blocks.0.feed_forward.output.linear", "embedding", "positions.embedding", "blocks.0.attention.output.linear",
            "blocks.0.cross_attention.output.linear", "blocks.0.feed_forward.output.linear");
  }

  @Test
  void theWeightsOfCrossAttentionAreLeftOutToo() {
    List<Step> steps = steps(training(new DropoutRates(0, 0, 0.1, false)), "encoder_decoder",
        Map.of("encoder", ENCODER, "cross_attention", Map.of("type", "sparse", "heads", 2, "modules", 2)));
    assertThat(count(steps, DroppedAttention.class)).isEqualTo(3);
    assertThat(count(steps, MaskedAttention.class)).isZero();
  }

  @Test
  void soAreThoseOfAttentionInChunksAndByHashing() {
    Map<String, Class<? extends Operation>> operations = Map.of("chunked", DroppedChunkedAttention.class, "lsh", DroppedLshAttention.class,
        "pure_lsh", DroppedLshAttention.class);
    operations.forEach((type, operation) -> {
      Map<String, Object> attention = Map.of("type", type, "heads", 2);
      List<Step> steps = steps(training(new DropoutRates(0, 0, 0.1, false)), "terraformer", Map.of("attention_layers", 2,
          "encoder", Map.of("blocks", 1, "attention", attention), "attention", attention));
      assertThat(count(steps, operation)).isEqualTo(3);
      assertThat(count(steps, ChunkedAttention.class) + count(steps, LshAttention.class)).isZero();
    });
  }

  @Test
  void anEncoderThatClassifiesDoesAsALanguageModel() {
    Recorder recorder = training(new DropoutRates(0.1, 0, 0, false));
    assertThat(names(steps(recorder, "encoder_classifier", Map.of("classes", 3)))).containsExactly("embedding", "positions.embedding",
        "blocks.0.attention.output.linear", "blocks.0.feed_forward.output.linear");
  }

  @Test
  void aTerraformerLeavesNothingOutOfWhatDenseAttentionAdds() {
    Recorder recorder = training(new DropoutRates(0.1, 0, 0, false));
    assertThat(names(steps(recorder, "terraformer", Map.of("attention_layers", 2, "encoder", ENCODER)))).containsExactly("embedding",
        "encoder.positions.embedding", "embedding", "positions.embedding", "encoder.blocks.0.feed_forward.output.linear",
        "blocks.0.feed_forward.output.linear");
  }

  @Test
  void reformersAttentionLeavesFeaturesOfItsOutputOutOfAllRowsOfABatch() {
    for (String type : List.of("chunked", "lsh")) {
      Recorder recorder = training(new DropoutRates(0.1, 0, 0, false));
      Map<String, Object> attention = Map.of("type", type, "heads", 2);
      List<Step> steps = steps(recorder, "terraformer",
          Map.of("attention_layers", 1, "encoder", Map.of("blocks", 1, "attention", attention), "attention", attention));
      assertThat(names(steps)).contains(
          "encoder.blocks.0.attention.output.linear_transposed", "blocks.0.attention.0.output.linear_transposed");
      assertThat(draws(steps)).containsExactly(
          Extent.ROW, Extent.FIXED, Extent.ROW, Extent.FIXED, Extent.FIXED, Extent.ROW, Extent.FIXED, Extent.ROW);
    }
  }

  @Test
  void featuresOfAxialPositionsAreLeftOutOfAllRowsOfASequence() {
    assertThat(draws(steps(training(new DropoutRates(0.1, 0, 0, false)), ModelConfig.MODEL_TYPE,
        Map.of("blocks", 0, "positions", Map.of("type", "axial", "shape", List.of(2, 4), "widths", List.of(3, 5))))))
        .containsExactly(Extent.ROW, Extent.SEQUENCE);
  }

  @Test
  void withoutRatesAndOutsideOfTrainingNothingIsLeftOut() {
    for (Recorder recorder : List.of(training(DropoutRates.NONE), new Recorder())) {
      List<Step> steps = steps(recorder, DENSE);
      assertThat(draws(steps)).isEmpty();
      assertThat(count(steps, CausalAttention.class)).isEqualTo(2);
    }
  }
}
