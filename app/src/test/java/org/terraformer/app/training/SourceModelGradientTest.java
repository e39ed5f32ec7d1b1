package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/**
 * The gradients of models that read a source, with elements left out, against finite differences with the same draws in double
 * precision.
 */
class SourceModelGradientTest {
  private static final float STEP = 1f / 512;

  @Property(tries = 4)
  void thoseOfAnEncoderDecoder(@ForAll long seed) {
    Map<String, Object> dense = Map.of("type", "dense", "heads", 2);
    check("encoder_decoder", dense, Map.of("cross_attention", dense), seed);
  }

  @Property(tries = 4)
  void thoseOfATerraformer(@ForAll long seed) {
    Map<String, Object> chunked = Map.of("type", "chunked", "heads", 2, "chunk_length", 3, "chunks_before", 1);
    check("terraformer", chunked, Map.of("attention_layers", 1), seed);
  }

  private static void check(String type, Map<String, Object> attention, Map<String, Object> settings, long seed) {
    Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", type, "vocabulary_size", 7, "width", 8, "blocks", 1,
        "max_length", 32, "attention", attention, "encoder", Map.of("blocks", 1, "attention", attention),
        "feed_forward", Map.of("type", "dense", "hidden_size", 9, "activation", "tanh")));
    map.putAll(settings);
    ModelConfig config = ModelConfig.fromMap(map);
    TrainingProgram program = TrainingProgram.record(config, new LayerTypes(BuiltInLayerTypes.all()),
        Recorder.forTraining(new SeededChance(), new DropoutRates(0.2, 0.3, 0.4, seed % 2 == 0)), 0);
    NamedTensors weights = InitialWeights.draw(program, seed, Arena.ofAuto());
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, float[]> found = run(program, config, weights, seed);
    for (String weight : program.gradients().keySet()) {
      float[] gradient = found.get(weight);
      int element = random.nextInt(gradient.length);
      MemorySegment values = weights.find(weight).orElseThrow().data();
      float before = values.getAtIndex(ValueLayout.JAVA_FLOAT, element);
      double difference = 0;
      for (int sign : List.of(1, -1)) {
        values.setAtIndex(ValueLayout.JAVA_FLOAT, element, before + sign * STEP);
        for (float loss : run(program, config, weights, seed).get(TrainingProgram.LOSS)) {
          difference += sign * (double) loss;
        }
      }
      values.setAtIndex(ValueLayout.JAVA_FLOAT, element, before);
      assertThat(difference / (2 * STEP)).as("%s[%d]", weight, element).isCloseTo(
          gradient[element], within(2e-3 * Math.max(1, Math.abs(gradient[element]))));
    }
  }

  private static Map<String, float[]> run(TrainingProgram program, ModelConfig config, NamedTensors weights, long seed) {
    return SourceModelRun.of(program, config, weights, new ScalarBackend(ScalarKernels.all(), true), seed);
  }
}
