package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.BYTES_OF_LANES;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.INTS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.BlockDraw;

/**
 * Draws an element of each block by its probability. As many blocks as a vector has lanes are turned into a tile, a vector for each choice, in
 * which every block has a lane: nothing needs to be known across lanes. Some tiles at a time, which stay in the nearest cache, become
 * exponentials together; the sums of these so far that do not exceed the drawn part of all are counted. Lanes without a block hold anything.
 */
final class BlockDrawKernel {
  /** Elements that are worked on in several turns. */
  private static final int PIECE = 1024;

  private BlockDrawKernel() {}

  static CpuKernel of(Step step, CpuTensor[] operands, CpuTensor result) {
    BlockDraw draw = (BlockDraw) step.operation();
    int choices = (int) step.operands().getFirst().shape().columns();
    long blockBytes = 4L * choices;
    int together = Math.max(1, PIECE / choices / LANES) * LANES;
    float scale = 1 / draw.temperature();
    long x = operands[0].address();
    long seed = operands[1].address();
    long y = result.address();
    return PartsKernel.elements(step, together * (blockBytes + 4) + Transposition.SPACE_BYTES, (frame, from, to, scratch) -> {
      int key = Memory.getInt(seed);
      long drawn = scratch + together * blockBytes;
      long space = drawn + 4L * together;
      for (long first = from; first < to; first += together) {
        int blocks = (int) Math.min(together, to - first);
        for (int block = 0; block < blocks; block += LANES) {
          long tile = scratch + block * blockBytes;
          Transposition.turn(x + (first + block) * blockBytes, Math.min(LANES, blocks - block), choices, blockBytes, tile, BYTES_OF_LANES, space);
        }
        for (int block = 0; block < blocks; block++) {
          Memory.setFloat(drawn + 4L * block, draw.at(key, first + block));
        }
        draw(scratch, (blocks + LANES - 1) / LANES, choices, scale, drawn);
        Floats.copy(drawn, y + 4 * first, blocks);
      }
    });
  }

  /**
   * Replaces the drawn part of each block by the number of choices, but for the last, up to which the sum of the exponentials does not exceed
   * this part of all. One method is too long to become a part of its caller: there, compiled before the machine has seen it run, it would make
   * an object of every vector for the rest of the process.
   */
  private static void draw(long elements, int tiles, int choices, float scale, long drawn) {
    for (int tile = 0; tile < tiles; tile++) {
      long x = Memory.inRange(elements + tile * choices * BYTES_OF_LANES);
      FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
      for (int choice = 0; choice < choices; choice++) {
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + choice * BYTES_OF_LANES, ORDER);
        largest = largest.blend(v, v.compare(VectorOperators.GT, largest));
      }
      for (int choice = 0; choice < choices; choice++) {
        FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + choice * BYTES_OF_LANES, ORDER);
        v.sub(largest).mul(scale).intoMemorySegment(ALL, x + choice * BYTES_OF_LANES, ORDER);
      }
    }
    Exponential.ofDifferences(elements, elements, tiles * choices * LANES, 0);
    for (int tile = 0; tile < tiles; tile++) {
      long sums = Memory.inRange(elements + tile * choices * BYTES_OF_LANES);
      long y = Memory.inRange(drawn + tile * BYTES_OF_LANES);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int choice = 0; choice < choices; choice++) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, sums + choice * BYTES_OF_LANES, ORDER));
        sum.intoMemorySegment(ALL, sums + choice * BYTES_OF_LANES, ORDER);
      }
      FloatVector bound = sum.mul(FloatVector.fromMemorySegment(FLOATS, ALL, y, ORDER));
      IntVector count = IntVector.zero(INTS);
      for (int choice = 0; choice < choices - 1; choice++) {
        sum = FloatVector.fromMemorySegment(FLOATS, ALL, sums + choice * BYTES_OF_LANES, ORDER);
        count = count.add(1, sum.compare(VectorOperators.LE, bound).cast(INTS));
      }
      count.intoMemorySegment(ALL, y, ORDER);
    }
  }
}
