package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;

/**
 * The gradient of the softmax probability of one element of each block. Exponentials are of the differences from the chosen element,
 * whose own is 1: with t their sum its probability is 1/t, and the gradients are {@code u / t * ((n = j) - e_n / t)}. Some blocks at a time, which
 * stay in the nearest cache, become exponentials together.
 */
final class BlockSoftmaxGradient {
  /** Elements that are worked on in several turns. Blocks are short: their loops stay as written, see {@link Loops}. */
  private static final int PIECE = 1024;
  /** Where another element is so much larger than the chosen one, its exact size makes no difference that a float could show. */
  private static final float MOST = 40;

  private BlockSoftmaxGradient() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    int choices = (int) step.result().shape().columns();
    int together = Math.max(1, PIECE / choices);
    long x = operands[0].address();
    long chosen = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, choices, 4L * ((long) together * choices + LANES), (frame, from, to, scratch) -> {
      for (long first = from; first < to; first += together) {
        int blocks = (int) Math.min(together, to - first);
        for (int block = 0; block < blocks; block++) {
          differences(x + 4L * (first + block) * choices, choice(chosen, first + block, choices), choices, scratch + 4L * block * choices);
        }
        Exponential.ofDifferences(scratch, blocks * choices, 0);
        gradients(scratch, chosen + 4L * first, blocks, choices, upstream + 4L * first, y + 4L * first * choices);
      }
    });
  }

  private static int choice(long chosen, long block, int choices) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
  }

  /** The distances from the chosen element. */
  private static void differences(long x, int choice, int choices, long y) {
    float of = Memory.getFloat(x + 4L * choice);
    int whole = choices - choices % LANES;
    for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(of).min(MOST).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < choices; i++) {
      Memory.setFloat(y + 4L * i, Math.min(Memory.getFloat(x + 4L * i) - of, MOST));
    }
  }

  /**
   * The gradients of some blocks. One method for all of them is too long to become a part of its caller: there, compiled before the machine has
   * seen it run, it would make an object of every vector, five times slower for the rest of the process.
   */
  private static void gradients(long exponentials, long chosen, int blocks, int choices, long upstream, long y) {
    int whole = choices - choices % LANES;
    for (int block = 0; block < blocks; block++) {
      long e = exponentials + 4L * block * choices;
      long out = y + 4L * block * choices;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, e + 4L * i, ORDER));
      }
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      float total = sum.lane(0) * SCALE;
      for (int i = whole; i < choices; i++) {
        total += Memory.getFloat(e + 4L * i);
      }
      float share = Memory.getFloat(upstream + 4L * block) / total;
      float factor = -share / total;
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        FloatVector.fromMemorySegment(FLOATS, ALL, e + 4L * i, ORDER).mul(factor).intoMemorySegment(ALL, out + 4L * i, ORDER);
      }
      for (int i = whole; i < choices; i++) {
        Memory.setFloat(out + 4L * i, Memory.getFloat(e + 4L * i) * factor);
      }
      Memory.setFloat(out + 4L * choice(chosen, block, choices), share + factor);
    }
  }
}
