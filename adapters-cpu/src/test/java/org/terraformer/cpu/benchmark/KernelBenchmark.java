package org.terraformer.cpu.benchmark;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.gradient.LinearWeightGradient;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * Kernels by themselves, through the surfaces that every caller uses: a program of one kind of operation, prepared by a backend and run.
 * Beside runs per second it counts the bytes of weights and cache that were read and, for matrix products, the floating-point operations.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KernelBenchmark {
  @Param
  private KernelCase kernel;

  @Param({"F32", "BF16", "F16", "Q8"})
  private DType dtype;

  @Param({"cpu", "scalar"})
  private String backend;

  private final SplittableRandom random = new SplittableRandom(1);
  private Arena arena;
  private Executable executable;
  private List<Value> choices;
  private int[] chosen;
  private double gigabytes;
  private double operations;

  /** What a run reads and computes; JMH makes rates of it. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rates {
    /** 10^9 bytes of weights and cache. */
    public double gigabytes;
    /** 10^9 floating-point operations of matrix products. */
    public double gigaflops;

    /** JMH asks for a public one. */
    public Rates() {}

    /** Starts over. */
    @Setup(Level.Iteration)
    public void reset() {
      gigabytes = 0;
      gigaflops = 0;
    }
  }

  /** Records, fills and prepares. */
  @Setup
  public void prepare() {
    Recorder recorder = new Recorder();
    for (int copy = 0; copy < kernel.copies(); copy++) {
      kernel.record(recorder.scope("copy" + copy), copy);
    }
    arena = Arena.ofShared();
    List<Tensor> weights = new ArrayList<>();
    Program program = recorder.program();
    program.weights().forEach(weight -> weights.add(weight(weight)));
    DType cache = dtype == DType.BF16 ? DType.BF16 : DType.F32;
    Backend chosenBackend = backend.equals("cpu")
        ? new CpuBackend(CpuKernels.all(), ScalarKernels.all(), Runtime.getRuntime().availableProcessors()) : new ScalarBackend(ScalarKernels.all());
    executable = chosenBackend.prepare(program, new NamedTensors("benchmark", weights),
        new ExecutionLimits(1, kernel.rows(), KernelCase.CONTEXT, cache), ProgressListener.NONE);
    for (Value input : program.inputs()) {
      if (input.dtype() == DType.F32) {
        executable.write(input, elements(kernel.rows() * input.width()), kernel.rows() * input.width());
      }
    }
    if (program.hasInput(Recorder.POSITIONS)) {
      executable.write(program.input(Recorder.POSITIONS), new int[] {KernelCase.CONTEXT - kernel.rows()}, 1);
    }
    if (executable instanceof Measurable measurable) {
      measurable.fillState(0, elements(1 << 16));
    }
    choices = program.inputs().stream().filter(input -> input.name().endsWith(KernelCase.CHOSEN)).toList();
    chosen = choices.isEmpty() ? new int[0] : new int[choices.getFirst().width()];
    long cacheBytes = program.states().stream().filter(state -> state.extent() == Extent.CONTEXT)
        .mapToLong(state -> cache.bytes(state.shape()) * KernelCase.CONTEXT).sum();
    gigabytes = (executable.weightBytesPerToken() + cacheBytes) / 1e9;
    operations = program.steps().stream().mapToDouble(this::operations).sum() / 1e9;
  }

  /** Two for each term of a product; what is no product has none. */
  private double operations(Step step) {
    double terms = switch (step.operation()) {
      case Linear _, LinearTransposed _ -> step.operands().getFirst().shape().columns();
      case LinearWeightGradient _ -> 1;
      default -> 0;
    };
    return 2 * terms * kernel.rows() * step.result().width();
  }

  private Tensor weight(Value weight) {
    int count = weight.shape().intElements();
    MemorySegment data = arena.allocate(4L * count, 64).copyFrom(MemorySegment.ofArray(elements(count)));
    return Conversion.convert(new Tensor(weight.name(), DType.F32, weight.shape(), data), weight.kind() == Value.Kind.MATRIX ? dtype : DType.F32, arena);
  }

  private float[] elements(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  /** One run of all copies; what is chosen at run time is chosen anew. */
  @Benchmark
  public void run(Rates rates) {
    for (Value choice : choices) {
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = random.nextInt(KernelCase.CHOICES);
      }
      executable.write(choice, chosen, chosen.length);
    }
    executable.run(0, 1, kernel.rows(), kernel.rows());
    rates.gigabytes += gigabytes;
    rates.gigaflops += operations;
  }

  /** Gives the memory back. */
  @TearDown
  public void close() {
    executable.close();
    arena.close();
  }
}
