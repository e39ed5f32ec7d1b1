package org.terraformer.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.Dropout;
import org.terraformer.ports.operation.DroppedAttention;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.DType;

/** Where a model leaves out elements while it is trained. */
class DropoutTest {
  private static final Map<String, Object> DENSE = Map.of("type", "dense", "hidden_size", 16);
  private static final Map<String, Object> SPARSE = Map.of("type", "sparse", "hidden_size", 16, "block_size", 4);

  private static List<Step> steps(Recorder recorder, Map<String, Object> feedForward) {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 6, "width", 8, "blocks", 2,
        "max_length", 8, "attention", Map.of("type", "dense", "heads", 2), "feed_forward", feedForward));
    TransformerLm.layer(config, new LayerTypes(BuiltInLayerTypes.all())).record(recorder, recorder.input("tokens", DType.I32, Extent.ROW));
    return recorder.program().steps();
  }

  private static Recorder training(DropoutRates rates) {
    return Recorder.forTraining(new SeededChance(), rates);
  }

  /** For each dropout what its draws are for, in the order of the model. */
  private static List<Extent> draws(List<Step> steps) {
    return steps.stream().filter(step -> step.operation() instanceof Dropout).map(step -> step.operands().get(1).extent()).toList();
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
  void withoutRatesAndOutsideOfTrainingNothingIsLeftOut() {
    for (Recorder recorder : List.of(training(DropoutRates.NONE), new Recorder())) {
      List<Step> steps = steps(recorder, DENSE);
      assertThat(draws(steps)).isEmpty();
      assertThat(count(steps, CausalAttention.class)).isEqualTo(2);
    }
  }
}
