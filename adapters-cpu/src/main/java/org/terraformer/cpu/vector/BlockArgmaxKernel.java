package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * The first largest element of each block. Workers take ranges of blocks.
 */
final class BlockArgmaxKernel implements CpuKernel {
  private final int blocks;
  private final int choices;
  private final Extent extent;
  private final long x;
  private final long y;

  BlockArgmaxKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.blocks = result.width();
    this.choices = (int) operands[0].value().shape().columns();
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.y = result.address();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int all = frame.items(extent) * blocks;
    for (int block = Share.from(all, worker, workers); block < Share.to(all, worker, workers); block++) {
      long start = x + 4L * block * choices;
      int best = 0;
      float largest = Float.NEGATIVE_INFINITY;
      for (int choice = 0; choice < choices; choice++) {
        float value = Memory.getFloat(start + 4L * choice);
        if (value > largest) {
          largest = value;
          best = choice;
        }
      }
      Memory.setInt(y + 4L * block, best);
    }
  }
}
