package org.terraformer.tornado.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
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
import org.terraformer.tornado.task.RandomRuns.Length;

/** Each kernel by itself against the plain one, its oracle: random sizes, weight types, sequences and lengths. */
class TaskPropertyTest {
  private static final double TOLERANCE = 1e-4;

  /** What goes through all positions of a context. */
  static final List<String> LOOKING_BACK = List.of("causal_attention", "lsh_attention", "linear_attention");

  private static final int THREADS = 4;

  private static Backend plain;
  private static Backend inGroups;

  @BeforeContainer
  static void load() throws ReflectiveOperationException {
    Constructor<?> constructor = new ArrayLoader().loadClass(PlainJavaBackend.class.getName()).getDeclaredConstructor(int.class);
    plain = (Backend) constructor.newInstance(1);
    inGroups = (Backend) constructor.newInstance(THREADS);
  }

  @Example
  void everyKernelHasACaseHere() {
    assertThat(TaskCases.ALL.keySet()).isEqualTo(TornadoTasks.all().keySet());
  }

  @Property(tries = 200)
  void aKernelComputesAsPlainJavaWhatTheOracleDoes(@ForAll("kernels") String kernel, @ForAll long seed,
      @ForAll @IntRange(max = 2) int dtype) {
    compare(plain, kernel, seed, dtype, Length.SHORT);
  }

  @Property(tries = 100)
  void theThreadsOfAGroupComputeItTogether(@ForAll("kernels") String kernel, @ForAll long seed, @ForAll @IntRange(max = 2) int dtype) {
    compare(inGroups, kernel, seed, dtype, Length.SHORT);
  }

  @Property(tries = 12)
  void aContextMayBeLongerThanAGroupHasThreads(@ForAll("lookingBack") String kernel, @ForAll long seed) {
    compare(inGroups, kernel, seed, 0, Length.LONG);
  }

  @Provide
  Arbitrary<String> lookingBack() {
    return Arbitraries.of(LOOKING_BACK);
  }

  @Provide
  Arbitrary<String> kernels() {
    return Arbitraries.of(TaskCases.ALL.keySet().stream().sorted().toList());
  }

  static void compare(Backend backend, String kernel, long seed, int dtype, Length length) {
    SplittableRandom random = new SplittableRandom(seed);
    Recorder recorder = new Recorder();
    recorder.output("y", TaskCases.ALL.get(kernel).record(recorder, new TaskCases.Sizes(random)));
    Program program = recorder.program();
    assertThat(program.steps().getLast().operation().name()).isEqualTo(kernel);
    RandomRuns runs = new RandomRuns(program, DType.values()[dtype], length, random);
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
