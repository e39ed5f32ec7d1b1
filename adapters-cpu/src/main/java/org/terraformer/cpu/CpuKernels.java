package org.terraformer.cpu;

import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.vector.VectorKernels;

/** The fast kernels that come with the library, by operation name; none where this JVM has no Vector API. */
public final class CpuKernels {
  private CpuKernels() {}

  public static Map<String, CpuKernelFactory> all() {
    return CpuBackend.vectorApiPresent() ? VectorKernels.all() : Map.of();
  }
}
