package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;

/**
 * The last rows of each sequence. Workers take ranges of kept rows.
 */
final class KeepLastKernel implements CpuKernel {
  private final long x;
  private final long y;
  private final long bytes;

  KeepLastKernel(CpuTensor[] operands, CpuTensor result) {
    this.x = operands[0].address();
    this.y = result.address();
    this.bytes = 4L * result.width();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int rows = frame.sequences() * frame.kept();
    for (int row = Share.from(rows, worker, workers); row < Share.to(rows, worker, workers); row++) {
      long from = (long) row / frame.kept() * frame.length() + frame.length() - frame.kept() + row % frame.kept();
      Memory.copy(x + from * bytes, y + row * bytes, bytes);
    }
  }
}
