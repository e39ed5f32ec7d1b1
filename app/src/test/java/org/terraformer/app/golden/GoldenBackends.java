package org.terraformer.app.golden;

import java.util.List;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.Backend;

/** The backends that every golden case is run on. */
final class GoldenBackends {
  private GoldenBackends() {}

  static List<Backend> all() {
    return List.of(new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
  }
}
