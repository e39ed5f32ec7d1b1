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
import jdk.incubator.vector.VectorOperators;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;

/**
 * The gradient of the softmax probability of one element of each block. Blocks are short and many: so those of whole vectors are all done in
 * one loop, and no call is made for each.
 */
final class BlockSoftmaxGradient {
  private BlockSoftmaxGradient() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    int choices = (int) step.result().shape().columns();
    long x = operands[0].address();
    long chosen = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    return PartsKernel.vectors(step, choices, 4L * (choices + LANES), (frame, from, to, scratch) -> {
      if (choices % LANES == 0) {
        ofWholeVectors(x, chosen, upstream, choices, y, from, to);
        return;
      }
      for (int block = from; block < to; block++) {
        Floats.copy(x + 4L * block * choices, scratch, choices);
        float total = Exponential.ofDifferences(scratch, choices, Floats.largest(scratch, choices));
        finish(scratch, total, chosen, upstream, choices, y, block);
      }
    });
  }

  private static void ofWholeVectors(long x, long chosen, long upstream, int choices, long y, int from, int to) {
    for (int block = from; block < to; block++) {
      long in = x + 4L * block * choices;
      long out = y + 4L * block * choices;
      FloatVector most = FloatVector.fromMemorySegment(FLOATS, ALL, in, ORDER);
      for (int i = LANES; i < choices; i += LANES) {
        most = most.max(FloatVector.fromMemorySegment(FLOATS, ALL, in + 4L * i, ORDER));
      }
      most = most.max(most.rearrange(HALF));
      most = most.max(most.rearrange(QUARTER));
      most = most.max(most.rearrange(EIGHTH));
      most = most.max(most.rearrange(SIXTEENTH));
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < choices; i += LANES) {
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, in + 4L * i, ORDER).sub(most).max(Exponential.LEAST);
        FloatVector shifted =
            v.fma(FloatVector.broadcast(FLOATS, Exponential.LOG2_E), FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
        FloatVector n = shifted.sub(Exponential.ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), v);
        r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(FLOATS, 1f / 5040);
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 720));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 120));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 24));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f / 6));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 0.5f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
        p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
        FloatVector e = p.reinterpretAsInts()
            .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, Exponential.MANTISSA_BITS)).reinterpretAsFloats();
        e.intoMemorySegment(ALL, out + 4L * i, ORDER);
        sum = e.add(sum);
      }
      sum = sum.add(sum.rearrange(HALF));
      sum = sum.add(sum.rearrange(QUARTER));
      sum = sum.add(sum.rearrange(EIGHTH));
      sum = sum.add(sum.rearrange(SIXTEENTH));
      float total = sum.lane(0) * SCALE;
      long atChoice = out + 4L * Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
      float share = Memory.getFloat(upstream + 4L * block) * Memory.getFloat(atChoice) / total;
      FloatVector factor = FloatVector.broadcast(FLOATS, -share / total);
      for (int i = 0; i < choices; i += LANES) {
        FloatVector.fromMemorySegment(FLOATS, ALL, out + 4L * i, ORDER).mul(factor).intoMemorySegment(ALL, out + 4L * i, ORDER);
      }
      Memory.setFloat(atChoice, Memory.getFloat(atChoice) + share);
    }
  }

  /** The gradients of a block whose exponentials have been made, and added up. */
  private static void finish(long exponentials, float total, long chosen, long upstream, int choices, long y, int block) {
    int choice = Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
    float share = Memory.getFloat(upstream + 4L * block) * Memory.getFloat(exponentials + 4L * choice) / total;
    long out = y + 4L * block * choices;
    Floats.multiply(-share / total, exponentials, out, choices);
    Memory.setFloat(out + 4L * choice, Memory.getFloat(out + 4L * choice) + share);
  }
}
