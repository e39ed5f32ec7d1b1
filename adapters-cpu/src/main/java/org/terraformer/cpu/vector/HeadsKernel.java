package org.terraformer.cpu.vector;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;

/** Attention by products of matrices: workers share the heads of whole sequences. */
final class HeadsKernel implements CpuKernel {
  /** One head of one sequence in the memory of one worker. */
  interface Head {
    void run(int firstRow, int length, int head);
  }

  private final int heads;
  private final Head[] ofWorkers;

  HeadsKernel(int heads, KernelSite site, IntFunction<Head> ofWorker) {
    this.heads = heads;
    this.ofWorkers = IntStream.range(0, site.workers()).mapToObj(ofWorker).toArray(Head[]::new);
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker((long) frame.sequences() * heads, 1, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int tasks = frame.sequences() * heads;
    int to = Share.to(tasks, share, shares);
    for (int task = Share.from(tasks, share, shares); task < to; task++) {
      ofWorkers[frame.worker()].run(task / heads * frame.length(), frame.length(), task % heads);
    }
  }
}
