package org.terraformer.cpu.scalar;

import java.util.Arrays;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.DriftingSinusoid;
import org.terraformer.ports.operation.Threefry;

/** Sinusoids with wandering phases. The walk is a sum from position 0 on; what was summed once is kept. */
final class DriftingSinusoidKernel implements ScalarKernel {
  private static final double LARGEST_SIGNED = Integer.MAX_VALUE;

  private final Step step;
  private final int width;
  private final double stride;
  private final double[] frequencies;
  private double[] walk = new double[0];
  private int walked;

  DriftingSinusoidKernel(Step step) {
    DriftingSinusoid operation = (DriftingSinusoid) step.operation();
    this.step = step;
    this.width = operation.width();
    this.stride = Math.sqrt(3 * operation.drift()) / 4;
    this.frequencies = new double[(width + 1) / 2];
    double ratio = width > 2 ? Math.pow(operation.drift(), (double) frequencies.length / (width / 2)) : operation.drift();
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 0.5 * Math.pow(ratio, 2.0 * i / Math.max(1, frequencies.length - 1));
    }
  }

  @Override
  public void run(Frame frame, ScalarTensor[] operands, ScalarTensor result) {
    for (int row = 0; row < frame.items(step.result().extent()); row++) {
      int position = operands[0].getInt(row);
      walkTo(position, frame.limits().contextLength());
      for (int element = 0; element < width; element++) {
        int i = element / 2;
        double cycles = frequencies[i] * position + walk[position * frequencies.length + i] + element % 2 / 4.0;
        result.set((long) row * width + element, Math.cos(2 * Math.PI * cycles));
      }
    }
  }

  private void walkTo(int position, int contextLength) {
    int directions = frequencies.length;
    int needed = Math.multiplyExact(Math.addExact(position, 1), directions);
    if (needed > walk.length) {
      // Room for the whole context at once: decoding within it then allocates nothing.
      long wanted = Math.max(needed, Math.max((long) contextLength * directions, 2L * walk.length));
      walk = Arrays.copyOf(walk, (int) Math.min(Integer.MAX_VALUE - 8L, wanted));
    }
    for (; walked <= position; walked++) {
      for (int i = 0; i < directions; i++) {
        int at = walked * directions + i;
        long word = Threefry.words(DriftingSinusoid.FIRST_KEY, DriftingSinusoid.SECOND_KEY, at, 0) & 0xFFFFFFFFL;
        walk[at] = (walked == 0 ? 0 : walk[at - directions]) + stride * word / LARGEST_SIGNED;
      }
    }
  }
}
