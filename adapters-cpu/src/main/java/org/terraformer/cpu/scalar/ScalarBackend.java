package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;

/**
 * The reference backend: plain Java, one thread, one operation after another, sums in double precision. Slow, obvious, and what all other
 * backends are compared with.
 */
public final class ScalarBackend implements Backend {
  private final Map<String, ScalarKernelFactory> kernels;
  private final boolean doublePrecision;

  public ScalarBackend(Map<String, ScalarKernelFactory> kernels) {
    this(kernels, false);
  }

  /**
   * @param kernels by operation name
   * @param doublePrecision whether results and state keep double precision, as finite differences need, instead of being rounded to F32
   */
  public ScalarBackend(Map<String, ScalarKernelFactory> kernels, boolean doublePrecision) {
    this.kernels = Map.copyOf(kernels);
    this.doublePrecision = doublePrecision;
  }

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public String description() {
    return "plain Java on one thread, the reference";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    WeightCheck.check(program, weights);
    try {
      return new ScalarExecutable(program, weights, limits, kernels, doublePrecision);
    } catch (OutOfMemoryError e) {
      throw new InvalidInputException("The backend scalar needs %d bytes of Java's heap for what the program computes and remembers: %s."
          .formatted(ScalarExecutable.heapBytes(program, limits), e.getMessage()), e);
    }
  }

  @Override
  public BandwidthProbe bandwidthProbe() {
    return new ScalarRead();
  }
}
