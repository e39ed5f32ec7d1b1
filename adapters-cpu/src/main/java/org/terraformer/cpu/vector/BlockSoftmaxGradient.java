package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.LaneSum.EIGHTH;
import static org.terraformer.cpu.vector.LaneSum.HALF;
import static org.terraformer.cpu.vector.LaneSum.QUARTER;
import static org.terraformer.cpu.vector.LaneSum.SCALE;
import static org.terraformer.cpu.vector.LaneSum.SIXTEENTH;
import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;

/**
 * The gradient of the softmax probability of one element of each block. Exponentials are of the differences from the chosen element,
 * whose own is 1: with t their sum its probability is 1/t, and the gradients are {@code u / t * ((n = j) - e_n / t)}. Blocks are short and
 * many: those of two vectors stay in registers, and no call is made for each.
 */
final class BlockSoftmaxGradient {
  /** Where another element is so much larger than the chosen one, its exact size makes no difference that a float could show. */
  private static final float MOST = 40;

  private BlockSoftmaxGradient() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    int choices = (int) step.result().shape().columns();
    long x = operands[0].address();
    long chosen = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, choices, 4L * (choices + LANES), (frame, from, to, scratch) -> {
      if (choices == 2 * LANES) {
        long first = 8L * LANES * from;
        ofTwoVectors(x + first, chosen + 4 * from, upstream + 4 * from, y + first, (int) (to - from));
        return;
      }
      for (long block = from; block < to; block++) {
        ofBlock(x + 4L * block * choices, Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices),
            Memory.getFloat(upstream + 4L * block), choices, y + 4L * block * choices, scratch);
      }
    });
  }

  private static void ofBlock(long x, int choice, float upstream, int choices, long y, long scratch) {
    float of = Memory.getFloat(x + 4L * choice);
    Floats.atMost(of + MOST, x, scratch, choices);
    float total = Exponential.ofDifferences(scratch, choices, of);
    float share = upstream / total;
    Floats.multiply(-share / total, scratch, y, choices);
    Memory.setFloat(y + 4L * choice, share - share / total);
  }

  private static void ofTwoVectors(long x, long chosen, long upstream, long y, int blocks) {
    for (int block = 0; block < blocks; block++) {
      long start = 8L * LANES * block;
      long in = x + start;
      long out = y + start;
      int choice = Objects.checkIndex(Memory.getInt(chosen + 4L * block), 2 * LANES);
      FloatVector of = FloatVector.broadcast(FLOATS, Memory.getFloat(in + 4L * choice));
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, in, ORDER).sub(of).max(Exponential.LEAST).min(MOST);
      FloatVector w =
          FloatVector.fromMemorySegment(FLOATS, ALL, in + BYTES_OF_LANES, ORDER).sub(of).max(Exponential.LEAST).min(MOST);
      FloatVector shiftedV =
          v.fma(FloatVector.broadcast(FLOATS, Exponential.LOG2_E), FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
      FloatVector shiftedW =
          w.fma(FloatVector.broadcast(FLOATS, Exponential.LOG2_E), FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
      FloatVector n = shiftedV.sub(Exponential.ROUNDER);
      FloatVector m = shiftedW.sub(Exponential.ROUNDER);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), v);
      FloatVector s = m.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), w);
      r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW), r);
      s = m.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW), s);
      FloatVector p = FloatVector.broadcast(FLOATS, 1f / 5040);
      FloatVector q = p.fma(s, FloatVector.broadcast(FLOATS, 1f / 720));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 720));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 120));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 1f / 120));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 1f / 24));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 1f / 6));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 0.5f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 1f));
      p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
      q = q.fma(s, FloatVector.broadcast(FLOATS, 1f));
      FloatVector e = p.reinterpretAsInts()
          .add(shiftedV.reinterpretAsInts().lanewise(VectorOperators.LSHL, Exponential.MANTISSA_BITS)).reinterpretAsFloats();
      FloatVector f = q.reinterpretAsInts()
          .add(shiftedW.reinterpretAsInts().lanewise(VectorOperators.LSHL, Exponential.MANTISSA_BITS)).reinterpretAsFloats();
      FloatVector sum = e.add(f);
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      float total = sum.lane(0) * SCALE;
      float share = Memory.getFloat(upstream + 4L * block) / total;
      FloatVector factor = FloatVector.broadcast(FLOATS, -share / total);
      e.mul(factor).intoMemorySegment(ALL, out, ORDER);
      f.mul(factor).intoMemorySegment(ALL, out + BYTES_OF_LANES, ORDER);
      Memory.setFloat(out + 4L * choice, share - share / total);
    }
  }
}
