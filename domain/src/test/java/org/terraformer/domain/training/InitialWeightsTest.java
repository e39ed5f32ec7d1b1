package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.Conversion;

class InitialWeightsTest {
  private static final int WIDTH = 64;

  private static NamedTensors draw(long seed, Object attention, Object feedForward, Object positions, Object logits) {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 128, "width", WIDTH,
        "blocks", 1,
        "max_length", 32, "attention", attention, "feed_forward", feedForward, "positions", positions, "logits", logits));
    TrainingProgram program = TrainingProgram.record(
        config, new LayerTypes(BuiltInLayerTypes.all()), Recorder.forTraining(new SeededChance()), 0);
    return InitialWeights.draw(program, seed, Arena.ofAuto());
  }

  private static NamedTensors sparse(long seed, boolean kernelScaling) {
    return draw(seed, Map.of("type", "sparse_qkv", "heads", 4, "kernel_scaling", kernelScaling), Map.of("type", "sparse", "hidden_size", 256, "block_size", 16,
        "kernel_scaling", kernelScaling), "fixed_base", Map.of("type", "multiplicative", "modules", 4));
  }

  private static float[] floats(NamedTensors weights, String name) {
    return Conversion.toFloats(weights.find(name).orElseThrow());
  }

  private static double deviation(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /**
   * Evenly from [-bound, bound]: nothing is larger, something is nearly as large, and the deviation is the bound over the root of
   * 3.
   */
  private static void assertUniform(float[] values, double bound) {
    assertThat(largest(values)).isLessThanOrEqualTo(bound * 1.0001).isGreaterThan(0.95 * bound);
    assertThat(deviation(values)).isCloseTo(bound / Math.sqrt(3), within(0.1 * bound));
  }

  @Test
  void denseLayersBeginAsTheReferencesDo() {
    NamedTensors weights = draw(1, Map.of("type", "dense", "heads", 4), Map.of("type", "dense", "hidden_size", 256), "learned",
        "dense");
    assertUniform(floats(weights, "embedding.weight"), Math.sqrt(3.0 / WIDTH));
    assertUniform(floats(weights, "blocks.0.attention.query.weight"), Math.sqrt(6.0 / (WIDTH + WIDTH)));
    assertUniform(floats(weights, "blocks.0.feed_forward.input.weight"), Math.sqrt(6.0 / (WIDTH + 256)));
    assertUniform(floats(weights, "logits.weight"), Math.sqrt(6.0 / (WIDTH + 128)));
    assertThat(deviation(floats(weights, "logits.bias"))).isCloseTo(1e-6, within(3e-7));
    assertThat(floats(weights, "final_norm.scale")).containsOnly(1);
    assertThat(floats(weights, "final_norm.bias")).containsOnly(0);
  }

  @Test
  void trainedPositionsBeginAsSinusoids() {
    float[] table = floats(draw(1, Map.of("type", "dense", "heads", 4), Map.of("type", "dense", "hidden_size", 8), "learned",
        "dense"),
        "positions.weight");
    assertThat(table[5 * WIDTH + 6]).isCloseTo((float) Math.sin(5 * Math.pow(10_000, -6.0 / WIDTH)), within(1e-6f));
    assertThat(table[5 * WIDTH + 7]).isCloseTo((float) Math.cos(5 * Math.pow(10_000, -6.0 / WIDTH)), within(1e-6f));
  }

  @Test
  void trainedPositionsBeginAsLargeAsAsked() {
    float[] table = floats(draw(1, Map.of("type", "dense", "heads", 4), Map.of("type", "dense", "hidden_size", 8),
        Map.of("type", "learned", "initial_amplitude", 0.1), "dense"), "positions.weight");
    assertThat(table[5 * WIDTH + 7]).isCloseTo((float) (0.1 * Math.cos(5 * Math.pow(10_000, -6.0 / WIDTH))), within(1e-7f));
  }

  @Test
  void sparseLayersBeginAsTheReferencesDo() {
    NamedTensors weights = sparse(1, false);
    assertUniform(floats(weights, "positions.weight"), 1e-4);
    assertThat(deviation(floats(weights, "blocks.0.attention.multiplicative.gates"))).isCloseTo(0.5, within(0.06));
    assertUniform(floats(weights, "blocks.0.attention.multiplicative.projection"), Math.sqrt(6.0 / (WIDTH + 16)));
    // The reference's fans are the channels of a module, 16 in and 16 out, whatever the size of the kernel.
    assertThat(deviation(floats(weights, "blocks.0.attention.query.weight"))).isCloseTo(Math.sqrt(1.0 / 16), within(0.02));
    assertUniform(floats(weights, "blocks.0.feed_forward.controller.down.weight"), Math.sqrt(6.0 / (WIDTH + 16)));
    assertUniform(floats(weights, "blocks.0.feed_forward.controller.up.weight"), Math.sqrt(6.0 / (16 + 256)));
    assertUniform(floats(weights, "blocks.0.feed_forward.input.weight"), Math.sqrt(6.0 / (WIDTH + 256)));
    assertUniform(floats(weights, "blocks.0.feed_forward.output.weight"), Math.sqrt(6.0 / (WIDTH + 256)));
    assertThat(deviation(floats(weights, "logits.gates"))).isCloseTo(0.5, within(0.06));
  }

  @Test
  void kernelScalingMakesTheOutputWeightsAsMuchLargerAsFewerUnitsAreActive() {
    assertUniform(floats(sparse(1, true), "blocks.0.feed_forward.output.weight"), 4 * Math.sqrt(6.0 / (WIDTH + 256)));
    assertUniform(floats(sparse(1, true), "blocks.0.feed_forward.input.weight"), Math.sqrt(6.0 / (WIDTH + 256)));
  }

  @Test
  void kernelScalingMakesConvolutionsAsMuchSmallerAsTheyHaveVectorsToSum() {
    assertThat(deviation(floats(sparse(1, true), "blocks.0.attention.query.weight"))).isCloseTo(Math.sqrt(1.0 / 16) / 3, within(0.007));
    assertThat(deviation(floats(sparse(1, true), "blocks.0.attention.value.weight")))
        .isCloseTo(Math.sqrt(1.0 / 16 / 3), within(0.02));
  }

  @Test
  void theTransformationOfInfinitePositionsBeginsOrthogonal() {
    float[] weight = floats(draw(1, Map.of("type", "dense", "heads", 4), Map.of("type", "dense", "hidden_size", 8), "infinite",
        "dense"),
        "positions.weight");
    for (int a = 0; a < WIDTH; a++) {
      for (int b = 0; b < WIDTH; b++) {
        double dot = 0;
        for (int i = 0; i < WIDTH; i++) {
          dot += weight[a * WIDTH + i] * weight[b * WIDTH + i];
        }
        assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-5));
      }
    }
  }

  @Test
  void theSeedDecidesAndAWeightDoesNotDependOnTheOthers() {
    NamedTensors once = sparse(7, false);
    NamedTensors again = sparse(7, false);
    NamedTensors other = sparse(8, false);
    for (String name : once.names()) {
      assertThat(floats(again, name)).as(name).isEqualTo(floats(once, name));
    }
    assertThat(floats(other, "embedding.weight")).isNotEqualTo(floats(once, "embedding.weight"));
    NamedTensors dense = draw(7, Map.of("type", "dense", "heads", 4), Map.of("type", "dense", "hidden_size", 8), "learned",
        "dense");
    assertThat(floats(dense, "embedding.weight")).isEqualTo(floats(once, "embedding.weight"));
    assertThat(List.of(Arrays.hashCode(floats(once, "blocks.0.attention.query.weight")))).doesNotContain(
        Arrays.hashCode(floats(once, "blocks.0.attention.key.weight")));
  }
}
