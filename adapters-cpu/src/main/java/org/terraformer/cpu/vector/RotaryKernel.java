package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.FLOATS;
import static org.terraformer.cpu.vector.Species.LANES;

import jdk.incubator.vector.FloatVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * Pairs of elements turned by angles that grow with the position. Workers take ranges of items; the sines and cosines of an item are computed
 * once for all its vectors.
 */
final class RotaryKernel implements CpuKernel {
  private final double[] frequencies;
  private final double direction;
  private final int half;
  private final int vectors;
  private final Extent extent;
  private final long x;
  private final long positions;
  private final long y;
  private final long tables;
  private final long tableBytes;

  /**
   * @param direction 1 to turn forward, -1 to turn back
   */
  RotaryKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site, double base, int direction) {
    int size = Math.toIntExact(step.result().shape().columns());
    this.half = size / 2;
    this.vectors = result.width() / size;
    this.direction = direction;
    this.frequencies = new double[half];
    for (int i = 0; i < half; i++) {
      frequencies[i] = Math.pow(base, -2.0 * i / size);
    }
    this.extent = step.result().extent();
    this.x = operands[0].address();
    this.positions = operands[1].address();
    this.y = result.address();
    this.tableBytes = KernelSite.perWorker(8L * half);
    this.tables = site.sharePerWorker(8L * half);
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int items = frame.items(extent);
    long cosines = tables + worker * tableBytes;
    long sines = cosines + 4L * half;
    for (int item = Share.from(items, worker, workers); item < Share.to(items, worker, workers); item++) {
      int position = Memory.getInt(positions + 4L * item);
      for (int i = 0; i < half; i++) {
        double angle = position * frequencies[i];
        Memory.setFloat(cosines + 4L * i, (float) Math.cos(angle));
        Memory.setFloat(sines + 4L * i, (float) (direction * Math.sin(angle)));
      }
      for (int vector = 0; vector < vectors; vector++) {
        long offset = 8L * half * ((long) item * vectors + vector);
        turn(x + offset, y + offset, cosines, sines);
      }
    }
  }

  private void turn(long from, long to, long cosines, long sines) {
    long high = 4L * half;
    long from0 = Memory.inRange(from);
    long to0 = Memory.inRange(to);
    long cosines0 = Memory.inRange(cosines);
    long sines0 = Memory.inRange(sines);
    int whole = half - half % LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector first = FloatVector.fromMemorySegment(FLOATS, ALL, from0 + 4L * i, ORDER);
      FloatVector second = FloatVector.fromMemorySegment(FLOATS, ALL, from + high + 4L * i, ORDER);
      FloatVector cos = FloatVector.fromMemorySegment(FLOATS, ALL, cosines0 + 4L * i, ORDER);
      FloatVector sin = FloatVector.fromMemorySegment(FLOATS, ALL, sines0 + 4L * i, ORDER);
      first.mul(cos).sub(second.mul(sin)).intoMemorySegment(ALL, to0 + 4L * i, ORDER);
      second.mul(cos).add(first.mul(sin)).intoMemorySegment(ALL, to + high + 4L * i, ORDER);
    }
    for (int i = whole; i < half; i++) {
      float first = Memory.getFloat(from0 + 4L * i);
      float second = Memory.getFloat(from + high + 4L * i);
      float cos = Memory.getFloat(cosines0 + 4L * i);
      float sin = Memory.getFloat(sines0 + 4L * i);
      Memory.setFloat(to0 + 4L * i, first * cos - second * sin);
      Memory.setFloat(to + high + 4L * i, second * cos + first * sin);
    }
  }
}
