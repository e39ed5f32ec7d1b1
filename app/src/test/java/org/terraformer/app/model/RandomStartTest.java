package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.RandomStart;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.DType;

/** Positions of training start at random places, where the reference's do. */
class RandomStartTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 5;
  private static final int RUNS = 400;

  private static Program recorded(Recorder recorder, String type, Map<String, Object> options) {
    Value x = recorder.input("x", DType.F32, Extent.ROW, 16);
    LayerSpec spec = new LayerSpec("positions", type, options);
    TYPES.create(LayerRole.POSITIONS, spec, new LayerContext(16, 8, 32, (inner, y) -> y)).record(recorder, x);
    return recorder.program();
  }

  private static Program training(String type) {
    return recorded(Recorder.forTraining(new SeededChance()), type, Map.of());
  }

  private static List<Operation> starts(Program program) {
    return program.steps().stream().map(Step::operation).filter(RandomStart.class::isInstance).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sin_cos", "fixed_base"})
  void theyAreOfTrainingAndOnlyIfWanted(String type) {
    assertThat(starts(training(type))).hasSize(1);
    assertThat(starts(recorded(new Recorder(), type, Map.of()))).isEmpty();
    assertThat(starts(recorded(Recorder.forTraining(new SeededChance()), type, Map.of("random_start", false)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"learned", "infinite", "none"})
  void otherPositionsHaveNone(String type) {
    assertThat(starts(training(type))).isEmpty();
  }

  @Test
  void sinusoidsStartInHalfOfTheRunsAnywhereBelow2048WithAllSequencesAlike() {
    int moved = 0;
    for (int[] positions : runs("sin_cos")) {
      int start = positions[0];
      for (int row = 0; row < positions.length; row++) {
        assertThat(positions[row]).isEqualTo(start + row % LENGTH);
      }
      assertThat(start).isBetween(0, 2047);
      moved += start > 0 ? 1 : 0;
    }
    assertThat(moved).isBetween(RUNS * 4 / 10, RUNS * 6 / 10);
  }

  @Test
  void digitsStartInHalfOfTheSequencesAnywhereAndOneInAHundredHasNone() {
    int moved = 0;
    int hidden = 0;
    for (int[] positions : runs("fixed_base")) {
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        int[] own = Arrays.copyOfRange(positions, sequence * LENGTH, (sequence + 1) * LENGTH);
        boolean none = own[1] == 0;
        for (int t = 0; t < LENGTH; t++) {
          assertThat(own[t]).isEqualTo(none ? 0 : own[0] + t);
        }
        assertThat(own[0]).isBetween(0, 214_358_880);
        moved += own[0] > 0 ? 1 : 0;
        hidden += none ? 1 : 0;
      }
    }
    assertThat(moved).isBetween(RUNS * SEQUENCES * 45 / 100, RUNS * SEQUENCES * 55 / 100);
    assertThat(hidden).isBetween(RUNS * SEQUENCES / 200, RUNS * SEQUENCES / 50);
  }

  /** The positions of all rows, with one seed after another. */
  private static List<int[]> runs(String type) {
    Recorder recorder = Recorder.forTraining(new SeededChance());
    Value positions = recorded(recorder, type, Map.of()).steps().stream().filter(step -> step.operation() instanceof RandomStart)
        .findFirst().orElseThrow().result();
    recorder.output("positions", positions);
    Program program = recorder.program();
    List<int[]> runs = new ArrayList<>();
    try (Executable executable = new ScalarBackend(ScalarKernels.all()).prepare(program, new RandomModels(1).weights(program, DType.F32),
        new ExecutionLimits(SEQUENCES, SEQUENCES * LENGTH, LENGTH), ProgressListener.NONE)) {
      for (int seed = 0; seed < RUNS; seed++) {
        executable.write(program.input(SeededChance.SEED), new int[] {seed}, 1);
        executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
        executable.run(0, SEQUENCES, LENGTH, LENGTH);
        int[] found = new int[SEQUENCES * LENGTH];
        executable.read(positions, found, found.length);
        runs.add(found);
      }
    }
    return runs;
  }
}
