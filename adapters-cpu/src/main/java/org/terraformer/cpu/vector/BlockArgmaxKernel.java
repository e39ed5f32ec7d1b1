package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
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
      Memory.setInt(y + 4L * block, firstLargest(x + 4L * block * choices));
    }
  }

  /** A comparison with what is not a number is false, so that it is never the largest. */
  private int firstLargest(long start) {
    int whole = choices - choices % LANES;
    int best = 0;
    float largest = Float.NEGATIVE_INFINITY;
    if (whole > 0) {
      FloatVector highest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      for (int i = 0; i < whole; i += LANES) {
        FloatVector values = FloatVector.fromMemorySegment(FLOATS, ALL, start + 4L * i, ORDER);
        highest = highest.blend(values, values.compare(VectorOperators.GT, highest));
      }
      largest = highest.reduceLanes(VectorOperators.MAX);
      for (int i = 0; i < whole; i += LANES) {
        long equal = FloatVector.fromMemorySegment(FLOATS, ALL, start + 4L * i, ORDER).compare(VectorOperators.EQ, largest).toLong();
        if (equal != 0) {
          best = i + Long.numberOfTrailingZeros(equal);
          break;
        }
      }
    }
    for (int choice = whole; choice < choices; choice++) {
      float value = Memory.getFloat(start + 4L * choice);
      if (value > largest) {
        largest = value;
        best = choice;
      }
    }
    return best;
  }
}
