package org.terraformer.cpu;

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
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Each vectorised kernel by itself against the plain one, its oracle: random sizes, weight types, sequences, lengths and threads. */
class KernelPropertyTest {
  private static final double TOLERANCE = 1e-4;

  @Example
  void everyKernelHasACaseHere() {
    assertThat(KernelCases.ALL.keySet()).isEqualTo(CpuKernels.all().keySet());
  }

  @Property(tries = 1000)
  void aKernelComputesWhatThePlainOneDoesAndTheNumberOfThreadsChangesNoBit(@ForAll("kernels") String kernel, @ForAll long seed,
      @ForAll @IntRange(max = 3) int dtype, @ForAll @IntRange(min = 2, max = 5) int threads) {
    SplittableRandom random = new SplittableRandom(seed);
    Recorder recorder = new Recorder();
    Value y = KernelCases.ALL.get(kernel).record(recorder, new RandomSizes(random));
    recorder.output("y", y);
    Program program = recorder.program();
    assertThat(program.steps().getLast().operation().name()).isEqualTo(kernel);
    RandomRuns runs = new RandomRuns(program, DType.values()[dtype], random);
    List<int[]> one = runs.on(cpu(1));
    List<int[]> many = runs.on(cpu(threads));
    List<int[]> plain = runs.on(new ScalarBackend(ScalarKernels.all()));
    for (int run = 0; run < one.size(); run++) {
      assertThat(many.get(run)).as("%s with %d threads in run %d", program.steps(), threads, run).isEqualTo(one.get(run));
      assertClose(y, one.get(run), plain.get(run), "%s in run %d".formatted(program.steps(), run));
    }
  }

  @Provide
  Arbitrary<String> kernels() {
    return Arbitraries.of(CpuKernels.all().keySet().stream().sorted().toList());
  }

  private static void assertClose(Value y, int[] actual, int[] expected, String what) {
    if (y.dtype() == DType.I32) {
      assertThat(actual).as(what).isEqualTo(expected);
      return;
    }
    for (int i = 0; i < expected.length; i++) {
      double value = Float.intBitsToFloat(actual[i]);
      double wanted = Float.intBitsToFloat(expected[i]);
      assertThat(Math.abs(value - wanted)).as("%s [%d]: %s instead of %s", what, i, value, wanted)
          .isLessThanOrEqualTo(TOLERANCE * Math.max(1, Math.abs(wanted)));
    }
  }

  private static CpuBackend cpu(int threads) {
    return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads);
  }
}
