package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;

/** What a kernel computes where another value is above 0, else 0: a phase behind those of the kernel. */
final class WherePositive implements CpuKernel {
  private final CpuKernel kernel;
  private final CpuKernel mask;

  WherePositive(Step step, CpuKernel kernel, CpuTensor active, CpuTensor result) {
    long x = active.address();
    long y = result.address();
    this.kernel = kernel;
    this.mask = PartsKernel.elements(step, (from, to) -> Elements.reluGradient(x + 4 * from, y + 4 * from, y + 4 * from, to - from));
  }

  @Override
  public int phases(Frame frame) {
    return kernel.phases(frame) + 1;
  }

  @Override
  public long scratchBytes() {
    return kernel.scratchBytes();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase < kernel.phases(frame)) {
      kernel.run(phase, frame, worker, workers);
    } else {
      mask.run(0, frame, worker, workers);
    }
  }
}
