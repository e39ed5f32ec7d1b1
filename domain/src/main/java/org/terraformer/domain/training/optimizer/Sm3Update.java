package org.terraformer.domain.training.optimizer;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Changes the weights and notes the largest accumulators of each row and, for each piece, of each column; when all pieces are done they
 * become the new slots. A row is what lies along the last axis.
 */
final class Sm3Update implements ParameterUpdate {
  private final Sm3 settings;
  private final Tensor weight;
  private final Tensor gradient;
  private final List<Tensor> slots;
  private final int[] sizes;
  private final float[][] accumulators;
  private final RowPieces pieces;
  private final float[] rowMaxima;
  private final float[] columnMaxima;
  private UpdateStep step;

  Sm3Update(Sm3 settings, Tensor weight, Tensor gradient, Slots memory) {
    this.settings = settings;
    this.weight = weight;
    this.gradient = gradient;
    Shape shape = weight.shape().rank() == 0 ? Shape.of(1) : weight.shape();
    List<Tensor> all = new ArrayList<>();
    if (settings.momentum() > 0) {
      all.add(memory.make("momentum", 0));
    }
    this.sizes = new int[shape.rank()];
    this.accumulators = new float[sizes.length][];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = shape.intAxis(axis);
      accumulators[axis] = new float[sizes[axis]];
      all.add(memory.make("v" + axis, Shape.of(sizes[axis]), 0));
    }
    this.slots = List.copyOf(all);
    int columns = sizes[sizes.length - 1];
    this.pieces = new RowPieces(1, Math.toIntExact(shape.rows()), columns);
    this.rowMaxima = new float[pieces.rows()];
    this.columnMaxima = new float[Math.multiplyExact(pieces.count(), columns)];
  }

  @Override
  public List<Tensor> slots() {
    return slots;
  }

  @Override
  public int phases() {
    return 1;
  }

  @Override
  public int pieces() {
    return pieces.count();
  }

  private Tensor slot(int axis) {
    return slots.get(slots.size() - sizes.length + axis);
  }

  @Override
  public void begin(UpdateStep next) {
    step = next;
    for (int axis = 0; axis < sizes.length; axis++) {
      Scratch.load(slot(axis).data(), 0, accumulators[axis], sizes[axis]);
    }
  }

  @Override
  public void run(int phase, int from, int to, Scratch scratch) {
    for (int piece = from; piece < to; piece++) {
      Arrays.fill(columnMaxima, piece * pieces.columns(), (piece + 1) * pieces.columns(), 0);
      long end = pieces.start(piece + 1);
      for (long at = pieces.start(piece); at < end; at += Scratch.TILE) {
        int count = (int) Math.min(Scratch.TILE, end - at);
        Scratch.load(gradient.data(), at, scratch.gradient, count, (float) step.gradientScale());
        accumulate(piece, at, count, scratch);
        change(at, count, scratch);
      }
    }
  }

  /** Leaves the accumulators of the tile in the first buffer. */
  private void accumulate(int piece, long at, int count, Scratch scratch) {
    int columns = pieces.columns();
    int row = (int) (at / columns);
    int column = (int) (at % columns);
    int length;
    for (int i = 0; i < count; i += length, row++, column = 0) {
      length = Math.min(count - i, columns - column);
      int maxima = piece * columns + column;
      System.arraycopy(accumulators[sizes.length - 1], column, scratch.first, i, length);
      System.arraycopy(columnMaxima, maxima, scratch.second, i, length);
      accumulate(scratch.gradient, scratch.first, scratch.second, i, i + length, rowAccumulator(row));
      System.arraycopy(scratch.second, i, columnMaxima, maxima, length);
      rowMaxima[row] = Math.max(column == 0 ? 0 : rowMaxima[row], largest(scratch.first, i, i + length));
    }
  }

  private static void accumulate(float[] gradient, float[] sums, float[] maxima, int from, int to, float rowAccumulator) {
    for (int i = from; i < to; i++) {
      sums[i] = Math.min(rowAccumulator, sums[i]) + gradient[i] * gradient[i];
      maxima[i] = Math.max(maxima[i], sums[i]);
    }
  }

  private static float largest(float[] values, int from, int to) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, values[i]);
    }
    return largest;
  }

  /** The smallest accumulator of the row's indices on all axes but the last. */
  private float rowAccumulator(int row) {
    float least = Float.POSITIVE_INFINITY;
    int rest = row;
    for (int axis = sizes.length - 2; axis >= 0; axis--) {
      least = Math.min(least, accumulators[axis][rest % sizes[axis]]);
      rest /= sizes[axis];
    }
    return least;
  }

  private void change(long at, int count, Scratch scratch) {
    Scratch.load(weight.data(), at, scratch.weight, count);
    precondition(scratch.gradient, scratch.first, scratch.weight, count, (float) settings.weightDecay());
    if (settings.momentum() > 0) {
      Tensor momentum = slots.getFirst();
      Scratch.load(momentum.data(), at, scratch.second, count);
      average(scratch.gradient, scratch.second, count, (float) settings.momentum());
      Scratch.store(scratch.gradient, momentum.data(), at, count);
    }
    subtract(scratch.weight, scratch.gradient, count, (float) step.learningRate());
    Scratch.store(scratch.weight, weight.data(), at, count);
  }

  /** An accumulator of 0 has only seen gradients of 0, which stay 0. */
  private static void precondition(float[] gradient, float[] sums, float[] weight, int count, float decay) {
    for (int i = 0; i < count; i++) {
      gradient[i] = gradient[i] / ((float) Math.sqrt(sums[i]) + 1e-16f) + decay * weight[i];
    }
  }

  private static void average(float[] update, float[] momentum, int count, float keep) {
    float add = 1 - keep;
    for (int i = 0; i < count; i++) {
      update[i] = add * update[i] + keep * momentum[i];
    }
  }

  private static void subtract(float[] weight, float[] update, int count, float rate) {
    for (int i = 0; i < count; i++) {
      weight[i] -= rate * update[i];
    }
  }

  @Override
  public void end(int phase) {
    for (float[] accumulator : accumulators) {
      Arrays.fill(accumulator, 0);
    }
    float[] last = accumulators[sizes.length - 1];
    for (int i = 0; i < columnMaxima.length; i++) {
      last[i % last.length] = Math.max(last[i % last.length], columnMaxima[i]);
    }
    for (int row = 0; row < rowMaxima.length; row++) {
      int rest = row;
      for (int axis = sizes.length - 2; axis >= 0; axis--) {
        float[] accumulator = accumulators[axis];
        accumulator[rest % sizes[axis]] = Math.max(accumulator[rest % sizes[axis]], rowMaxima[row]);
        rest /= sizes[axis];
      }
    }
    for (int axis = 0; axis < sizes.length; axis++) {
      Scratch.store(accumulators[axis], slot(axis).data(), 0, sizes[axis]);
    }
  }
}
