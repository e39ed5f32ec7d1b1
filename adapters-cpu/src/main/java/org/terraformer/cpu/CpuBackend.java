package org.terraformer.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.run.HugePages;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.cpu.vector.StreamingRead;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.MemoryForecast;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;

/**
 * The backend for unbatched decoding: Vector API kernels, off-heap memory, weights where they lie, a crew of threads in lock-step. An
 * operation without a kernel here is run by its plain kernel.
 */
public final class CpuBackend implements Backend, MemoryForecast {
  /** Products that take plain kernels about as long as those of the Vector API take to be compiled. */
  public static final long QUICK_START = 1L << 30;

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private final Map<String, CpuKernelFactory> kernels;
  private final Map<String, ScalarKernelFactory> fallback;
  private final int threads;
  private final long plainProducts;

  /** A backend that uses the fastest kernels from the first run on. */
  public CpuBackend(Map<String, CpuKernelFactory> kernels, Map<String, ScalarKernelFactory> fallback, int threads) {
    this(kernels, fallback, threads, 0);
  }

  /**
   * @param kernels by operation name
   * @param fallback plain kernels by operation name
   * @param threads workers, the calling thread included
   * @param plainProducts for how many products with weights, at most, an executable uses plain kernels at first; these need no compiler
   *     to be of use, so that a small model's first tokens come sooner where Java has just started. What it computes differs in rounding
   *     from what it computes later.
   * @throws InvalidInputException if the number of threads is not from 1 to 1024
   */
  public CpuBackend(Map<String, CpuKernelFactory> kernels, Map<String, ScalarKernelFactory> fallback, int threads, long plainProducts) {
    if (threads < 1 || threads > 1024) {
      throw InvalidInputException.of("The number of threads is %d but must be from 1 to 1024.", threads);
    }
    this.kernels = Map.copyOf(kernels);
    this.fallback = Map.copyOf(fallback);
    this.threads = threads;
    this.plainProducts = plainProducts;
  }

  /** Whether this JVM was started with the Vector API; asking loads none of its classes. */
  public static boolean vectorApiPresent() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public boolean available() {
    return vectorApiPresent();
  }

  @Override
  public String description() {
    return available()
        ? "Vector API on %d %s".formatted(threads, threads == 1 ? "thread" : "threads")
        : "needs Java to be started with --add-modules " + VECTOR_MODULE;
  }

  @Override
  public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    requireAvailable();
    WeightCheck.check(program, weights);
    try {
      return CpuExecutable.of(program, weights, limits, kernels, fallback, threads, plainProducts);
    } catch (OutOfMemoryError e) {
      throw new InvalidInputException("The backend cpu needs %d bytes for what the program computes and remembers, beside large weights: %s."
          .formatted(executableBytes(program, weights, limits), e.getMessage()), e);
    }
  }

  /** Matrices are not copied. */
  @Override
  public long executableBytes(Program program, WeightSource weights, ExecutionLimits limits) {
    long bytes = new MemoryPlan(program, limits).totalBytes();
    for (Value value : program.values()) {
      bytes += switch (value.kind()) {
        case INPUT, VECTOR -> MemoryPlan.bytes(value, limits);
        case STATE -> CpuExecutable.stateBytes(value, limits);
        case MATRIX, RESULT -> 0;
      };
    }
    return bytes;
  }

  @Override
  public SegmentAllocator memory(Arena arena) {
    return (bytes, alignment) -> HugePages.allocate(bytes, alignment, arena);
  }

  @Override
  public BandwidthProbe bandwidthProbe() {
    requireAvailable();
    return new StreamingRead(threads);
  }

  private void requireAvailable() {
    if (!available()) {
      throw InvalidInputException.of("The backend cpu %s.", description());
    }
  }
}
