package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.BlockDraw;

/**
 * Draws an element of each block by its probability. Some blocks at a time, which stay in the nearest cache, become exponentials together;
 * then their sums so far are made a vector at a time, and those that do not exceed the drawn part of all are counted.
 */
final class BlockDrawKernel {
  /** Elements that are worked on in several turns. Blocks are short: their loops stay as written, see {@link Loops}. */
  private static final int PIECE = 1024;
  private static final VectorShuffle<Float> LAST = VectorShuffle.fromOp(FLOATS, lane -> LANES - 1);

  private BlockDrawKernel() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    BlockDraw draw = (BlockDraw) step.operation();
    int choices = (int) step.operands().getFirst().shape().columns();
    int together = Math.max(1, PIECE / choices);
    float scale = 1 / draw.temperature();
    long x = operands[0].address();
    long seed = operands[1].address();
    long y = result.address();
    return PartsKernel.elements(step, 4L * ((long) together * choices + LANES), (frame, from, to, scratch) -> {
      int key = Memory.getInt(seed);
      for (long first = from; first < to; first += together) {
        int blocks = (int) Math.min(together, to - first);
        for (int block = 0; block < blocks; block++) {
          differences(x + 4L * (first + block) * choices, scale, choices, scratch + 4L * block * choices);
        }
        Exponential.ofDifferences(scratch, blocks * choices, 0);
        for (int block = 0; block < blocks; block++) {
          Memory.setInt(y + 4 * (first + block), drawn(scratch + 4L * block * choices, choices, draw.at(key, first + block)));
        }
      }
    });
  }

  /** The distances from the largest element, times the scale. */
  private static void differences(long x, float scale, int choices, long y) {
    int whole = choices - choices % LANES;
    float largest = Float.NEGATIVE_INFINITY;
    if (whole > 0) {
      FloatVector highest = FloatVector.fromMemorySegment(FLOATS, ALL, x, ORDER);
      for (int i = LANES; i < whole; i = Loops.next(i, LANES)) {
        highest = highest.max(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
      }
      largest = highest.reduceLanes(VectorOperators.MAX);
    }
    for (int i = whole; i < choices; i++) {
      largest = Math.max(largest, Memory.getFloat(x + 4L * i));
    }
    for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(largest).mul(scale).intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    for (int i = whole; i < choices; i++) {
      Memory.setFloat(y + 4L * i, (Memory.getFloat(x + 4L * i) - largest) * scale);
    }
  }

  /** Replaces exponentials by their sums so far, and counts those, but for the last, that do not exceed a part of all. */
  private static int drawn(long sums, int choices, float part) {
    int whole = choices - choices % LANES;
    FloatVector before = FloatVector.zero(FLOATS);
    for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
      FloatVector sum = FloatVector.fromMemorySegment(FLOATS, ALL, sums + 4L * i, ORDER);
      sum = sum.rearrange(Later.BY_1).fma(Later.FROM_1, sum);
      sum = sum.rearrange(Later.BY_2).fma(Later.FROM_2, sum);
      if (LANES > 4) {
        sum = sum.rearrange(Later.BY_4).fma(Later.FROM_4, sum);
      }
      if (LANES > 8) {
        sum = sum.rearrange(Later.BY_8).fma(Later.FROM_8, sum);
      }
      sum = sum.add(before);
      sum.intoMemorySegment(ALL, sums + 4L * i, ORDER);
      before = sum.rearrange(LAST);
    }
    float sum = before.lane(0);
    for (int i = whole; i < choices; i++) {
      sum += Memory.getFloat(sums + 4L * i);
      Memory.setFloat(sums + 4L * i, sum);
    }
    float bound = part * sum;
    int drawn = 0;
    for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
      drawn += FloatVector.fromMemorySegment(FLOATS, ALL, sums + 4L * i, ORDER).compare(VectorOperators.LE, bound).trueCount();
    }
    for (int i = whole; i < choices; i++) {
      drawn += Memory.getFloat(sums + 4L * i) <= bound ? 1 : 0;
    }
    return Math.min(drawn, choices - 1);
  }

  /** Lanes that move up by some places, and 1 in each that then holds what came from another, else 0: a mask would take more. */
  private static final class Later {
    static final VectorShuffle<Float> BY_1 = by(1);
    static final VectorShuffle<Float> BY_2 = by(2);
    static final VectorShuffle<Float> BY_4 = by(4);
    static final VectorShuffle<Float> BY_8 = by(8);
    static final FloatVector FROM_1 = from(1);
    static final FloatVector FROM_2 = from(2);
    static final FloatVector FROM_4 = from(4);
    static final FloatVector FROM_8 = from(8);

    private static VectorShuffle<Float> by(int places) {
      return VectorShuffle.fromOp(FLOATS, lane -> Math.max(0, lane - places));
    }

    private static FloatVector from(int place) {
      return FloatVector.zero(FLOATS).blend(1, VectorMask.fromLong(FLOATS, -1L << place & (1L << LANES) - 1));
    }
  }
}
