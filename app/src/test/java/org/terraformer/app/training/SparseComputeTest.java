package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/** Training that computes the chosen units alone has the losses and gradients of training that computes all with hard choices. */
class SparseComputeTest {
  private static final int VOCABULARY = 11;
  private static final int SEQUENCES = 2;

  @Property(tries = 25)
  void itIsTheFullComputationOfHardChoices(@ForAll long seed, @ForAll @IntRange(min = 1, max = 24) int length) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Object> layer = new LinkedHashMap<>(Map.of("type", "sparse", "hidden_size", 40,
        "block_size", List.of(1, 2, 4, 8, 40).get(random.nextInt(5)), "low_rank", 1 + random.nextInt(6),
        "multiply_by_controller", random.nextBoolean(), "temperature", random.nextBoolean() ? 0 : 2,
        "dropout", random.nextBoolean() ? 0 : 0.2, "hard_probability", 1));
    int width = 4 + 2 * random.nextInt(30);
    TrainingProgram full = program(width, layer);
    layer.put("sparse_compute", true);
    TrainingProgram sparse = program(width, layer);
    NamedTensors weights = InitialWeights.draw(full, seed, Arena.ofAuto());
    Map<String, float[]> expected = gradients(full, weights, new ScalarBackend(ScalarKernels.all()), length, seed);
    List<Backend> backends =
        List.of(new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
    for (Backend backend : backends) {
      Map<String, float[]> found = gradients(sparse, weights, backend, length, seed);
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, values) -> {
        for (int i = 0; i < values.length; i++) {
          assertThat(found.get(name)[i]).as("%s[%d] of %s on %s", name, i, layer, backend.name())
              .isCloseTo(values[i], Offset.offset(2e-5f + 1e-4f * Math.abs(values[i])));
        }
      });
    }
  }

  private static TrainingProgram program(int width, Map<String, Object> feedForward) {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", VOCABULARY,
        "width", width, "blocks", 2, "max_length", 64, "attention", Map.of("type", "dense", "heads", 2), "feed_forward", feedForward));
    return TrainingProgram.record(config, new LayerTypes(BuiltInLayerTypes.all()), Recorder.forTraining(new SeededChance()), 0);
  }

  /** The losses, and the gradients of all weights by name. */
  private static Map<String, float[]> gradients(TrainingProgram training, NamedTensors weights, Backend backend, int length,
      long seed) {
    Program program = training.program();
    int rows = SEQUENCES * length;
    SplittableRandom random = new SplittableRandom(seed);
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(SEQUENCES, rows, length), ProgressListener.NONE)) {
      executable.write(program.input(TransformerLm.TOKENS), random.ints(rows, 0, VOCABULARY).toArray(), rows);
      executable.write(program.input(TrainingProgram.TARGETS), random.ints(rows, 0, VOCABULARY).toArray(), rows);
      float[] lossWeights = new float[rows];
      Arrays.fill(lossWeights, 1);
      executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), lossWeights, rows);
      executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
      if (program.hasInput(SeededChance.SEED)) {
        executable.write(program.input(SeededChance.SEED), new int[] {(int) seed}, 1);
      }
      executable.run(0, SEQUENCES, length, length);
      Map<String, float[]> found = new HashMap<>();
      found.put(TrainingProgram.LOSS, read(executable, program.output(TrainingProgram.LOSS), rows));
      training.gradients().forEach((name, gradient) -> found.put(name, read(executable, gradient, gradient.width())));
      return found;
    }
  }

  private static float[] read(Executable executable, Value value, int count) {
    float[] values = new float[count];
    executable.read(value, values, count);
    return values;
  }
}
