package org.terraformer.cpu.vector;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;

/** Attention by products of matrices: workers take turns at the heads of whole sequences. */
final class HeadsKernel implements CpuKernel {
  /** One head of one sequence in the memory of one worker. */
  interface Head {
    /**
     * @param scratch of {@link MatrixProduct#SCRATCH_BYTES}
     */
    void run(int firstRow, int length, int head, long scratch);
  }

  private final int heads;
  private final Head[] ofWorkers;

  HeadsKernel(int heads, KernelSite site, IntFunction<Head> ofWorker) {
    this.heads = heads;
    this.ofWorkers = IntStream.range(0, site.workers()).mapToObj(ofWorker).toArray(Head[]::new);
  }

  @Override
  public long scratchBytes() {
    return MatrixProduct.SCRATCH_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int tasks = frame.sequences() * heads;
    for (int task = worker; task < tasks; task += workers) {
      ofWorkers[worker].run(task / heads * frame.length(), frame.length(), task % heads, frame.scratch(worker));
    }
  }
}
