package org.terraformer.tornado.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Each kernel by itself against the plain one, its oracle: random sizes, weight types, sequences and lengths. */
class TaskPropertyTest {
  private static final double TOLERANCE = 1e-4;

  private static Backend plain;

  @BeforeContainer
  static void load() throws ReflectiveOperationException {
    plain = (Backend) new ArrayLoader().loadClass(PlainJavaBackend.class.getName()).getDeclaredConstructor().newInstance();
  }

  @Example
  void everyKernelHasACaseHere() {
    assertThat(TaskCases.ALL.keySet()).isEqualTo(TornadoTasks.all().keySet());
  }

  @Property(tries = 200)
  void aKernelComputesAsPlainJavaWhatTheOracleDoes(@ForAll("kernels") String kernel, @ForAll long seed,
      @ForAll @IntRange(max = 2) int dtype) {
    compare(plain, kernel, seed, dtype);
  }

  @Provide
  Arbitrary<String> kernels() {
    return Arbitraries.of(TaskCases.ALL.keySet().stream().sorted().toList());
  }

  static void compare(Backend backend, String kernel, long seed, int dtype) {
    SplittableRandom random = new SplittableRandom(seed);
    Recorder recorder = new Recorder();
    recorder.output("y", TaskCases.ALL.get(kernel).record(recorder, new TaskCases.Sizes(random)));
    Program program = recorder.program();
    assertThat(program.steps().getLast().operation().name()).isEqualTo(kernel);
    RandomRuns runs = new RandomRuns(program, DType.values()[dtype], random);
    List<double[]> actual = runs.on(backend);
    List<double[]> expected = runs.on(new ScalarBackend(ScalarKernels.all()));
    for (int run = 0; run < actual.size(); run++) {
      for (int i = 0; i < expected.get(run).length; i++) {
        double wanted = expected.get(run)[i];
        assertThat(Math.abs(actual.get(run)[i] - wanted)).as("%s in run %d [%d]: %s instead of %s", program.steps(), run, i,
            actual.get(run)[i], wanted).isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(wanted)));
      }
    }
  }
}
