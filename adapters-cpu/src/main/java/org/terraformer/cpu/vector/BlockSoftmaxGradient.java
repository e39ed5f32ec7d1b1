package org.terraformer.cpu.vector;

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
 * whose own is 1: with t their sum its probability is 1/t, and the gradients are {@code u / t * ((n = j) - e_n / t)}. Some blocks at a time, which
 * stay in the nearest cache, become exponentials together: those blocks whose u is not zero, as it is for half of them where the probability was
 * that of a unit which a ReLU may have closed.
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
    long piece = 4L * ((long) together * choices + LANES);
    return PartsKernel.vectors(step, choices, piece + BYTES_OF_LANES + 4L * together, (frame, from, to, scratch) -> {
      for (long first = from; first < to; first += together) {
        int blocks = (int) Math.min(together, to - first);
        long start = 4 * first * choices;
        gradients(x + start, chosen + 4 * first, blocks, choices, upstream + 4 * first, y + start, scratch, scratch + piece);
      }
    });
  }

  private static int choice(long chosen, long block, int choices) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
  }

  /**
   * The gradients of some blocks. One method for all of them is too long to become a part of its caller: there, compiled before the machine has
   * seen it run, it would make an object of every vector, five times slower for the rest of the process.
   *
   * @param sums memory for a vector, whose lanes are added one by one: exchanged with each other they would take longer; and behind it for
   *     the numbers of the blocks whose gradients are not zero
   */
  private static void gradients(long x, long chosen, int blocks, int choices, long upstream, long y, long exponentials, long sums) {
    int whole = choices - choices % LANES;
    long lanes = Memory.inRange(sums);
    long open = lanes + BYTES_OF_LANES;
    int count = 0;
    for (int block = 0; block < blocks; block++) {
      Memory.setInt(open + 4L * count, block);
      count += Memory.getFloat(upstream + 4L * block) == 0 ? 0 : 1;
    }
    for (int place = 0; place < count; place++) {
      int block = Memory.getInt(open + 4L * place);
      long from = Memory.inRange(x + 4L * block * choices);
      long e = Memory.inRange(exponentials + 4L * place * choices);
      float of = Memory.getFloat(from + 4L * choice(chosen, block, choices));
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        FloatVector difference = FloatVector.fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER).sub(of);
        difference.blend(MOST, difference.compare(VectorOperators.GT, MOST)).intoMemorySegment(ALL, e + 4L * i, ORDER);
      }
      for (int i = whole; i < choices; i++) {
        Memory.setFloat(e + 4L * i, Math.min(Memory.getFloat(from + 4L * i) - of, MOST));
      }
    }
    // Not before: the gradients may lie where x does.
    Floats.clear(y, blocks * choices);
    Exponential.ofDifferences(exponentials, exponentials, count * choices, 0);
    for (int place = 0; place < count; place++) {
      int block = Memory.getInt(open + 4L * place);
      long e = Memory.inRange(exponentials + 4L * place * choices);
      long out = Memory.inRange(y + 4L * block * choices);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < whole; i = Loops.next(i, LANES)) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, e + 4L * i, ORDER));
      }
      sum.intoMemorySegment(ALL, lanes, ORDER);
      float total = 0;
      for (int lane = 0; lane < LANES; lane++) {
        total += Memory.getFloat(lanes + 4L * lane);
      }
      for (int i = whole; i < choices; i++) {
        total += Memory.getFloat(e + 4L * i);
      }
      float probability = 1 / total;
      float share = Memory.getFloat(upstream + 4L * block) * probability;
      float factor = -share * probability;
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
