package org.terraformer.tornado.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
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
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;
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
      @ForAll @IntRange(max = 3) int dtype) {
    compare(plain, kernel, seed, dtype, Length.SHORT);
  }

  @Property(tries = 100)
  void theThreadsOfAGroupComputeItTogether(@ForAll("kernels") String kernel, @ForAll long seed, @ForAll @IntRange(max = 3) int dtype) {
    compare(inGroups, kernel, seed, dtype, Length.SHORT);
  }

  @Property(tries = 12)
  void aContextMayBeLongerThanAGroupHasThreads(@ForAll("lookingBack") String kernel, @ForAll long seed) {
    compare(inGroups, kernel, seed, 0, Length.LONG);
  }

  @Example
  void everyF16IsReadExactly() {
    compareHalves(plain);
  }

  @Provide
  Arbitrary<String> lookingBack() {
    return Arbitraries.of(LOOKING_BACK);
  }

  @Provide
  Arbitrary<String> kernels() {
    return Arbitraries.of(TaskCases.ALL.keySet().stream().sorted().toList());
  }

  /** A table of all F16 that weights may have, row after row. */
  static void compareHalves(Backend backend) {
    int rows = 248;
    int columns = 256;
    Tensor table = new Tensor("table", DType.F16, Shape.of(rows, columns), Arena.ofAuto().allocate(2L * rows * columns));
    for (int i = 0; i < rows * columns; i++) {
      table.data().setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (i / 2 | i % 2 << 15));
    }
    Recorder recorder = new Recorder();
    Value ids = recorder.input("ids", DType.I32, Extent.ROW);
    recorder.output("y", recorder.apply(new Embedding(), ids, recorder.matrix("table", rows, columns)));
    Program program = recorder.program();
    float[] read = new float[rows * columns];
    try (Executable executable = backend.prepare(
        program, new NamedTensors("all halves", List.of(table)), new ExecutionLimits(1, rows, rows), ProgressListener.NONE)) {
      executable.write(program.input("ids"), IntStream.range(0, rows).toArray(), rows);
      executable.run(0, 1, rows, rows);
      executable.read(program.output("y"), read, read.length);
    }
    float[] expected = Conversion.toFloats(table);
    for (int i = 0; i < read.length; i++) {
      assertThat(read[i]).isEqualTo(expected[i]);
    }
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
