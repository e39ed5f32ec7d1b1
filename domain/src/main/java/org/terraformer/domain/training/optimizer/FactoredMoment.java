package org.terraformer.domain.training.optimizer;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * One entry for each row and each column of the matrices over the last two axes. Sums over columns go through one partial sum for each
 * piece, added up in the order of the pieces: who computed which piece changes no bit.
 */
final class FactoredMoment implements SecondMoment {
  private final Tensor rowMoment;
  private final Tensor columnMoment;
  private final float epsilon;
  private final RowPieces pieces;
  private final int columns;
  private final double[] rowSums;
  private final float[] columnSums;
  private final double[] columnTotals;
  private final float[] rowFactors;
  private final float[] columnFactors;

  FactoredMoment(Shape shape, Slots slots, float epsilon) {
    long[] sizes = shape.toArray();
    long[] rowSizes = Arrays.copyOf(sizes, sizes.length - 1);
    long[] columnSizes = rowSizes.clone();
    columnSizes[columnSizes.length - 1] = sizes[sizes.length - 1];
    this.rowMoment = slots.make("v_row", Shape.of(rowSizes), 0);
    this.columnMoment = slots.make("v_col", Shape.of(columnSizes), 0);
    this.epsilon = epsilon;
    this.columns = shape.intAxis(-1);
    int rows = shape.intAxis(-2);
    this.pieces = new RowPieces(Math.toIntExact(rowMoment.shape().elements() / rows), rows, columns);
    this.rowSums = new double[rowMoment.shape().intElements()];
    this.columnSums = new float[Math.multiplyExact(pieces.count(), columns)];
    this.columnTotals = new double[columns];
    this.rowFactors = new float[rowSums.length];
    this.columnFactors = new float[columnMoment.shape().intElements()];
  }

  @Override
  public List<Tensor> slots() {
    return List.of(rowMoment, columnMoment);
  }

  @Override
  public int pieces() {
    return pieces.count();
  }

  @Override
  public long start(int piece) {
    return pieces.start(piece);
  }

  @Override
  public void gather(int piece, long at, float[] gradient, float[] buffer, int count, float decay) {
    int sums = piece * columns;
    if (at == start(piece)) {
      Arrays.fill(columnSums, sums, sums + columns, 0);
    }
    int row = (int) (at / columns);
    int column = (int) (at % columns);
    int length;
    for (int i = 0; i < count; i += length, row++, column = 0) {
      length = Math.min(count - i, columns - column);
      rowSums[row] = (column == 0 ? 0 : rowSums[row]) + Scratch.sumOfSquares(gradient, i, length);
      System.arraycopy(columnSums, sums + column, buffer, i, length);
      addSquares(gradient, buffer, i, i + length);
      System.arraycopy(buffer, i, columnSums, sums + column, length);
    }
  }

  private static void addSquares(float[] gradient, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] += gradient[i] * gradient[i];
    }
  }

  @Override
  public void finish(float decay) {
    for (int matrix = 0; matrix < pieces.matrices(); matrix++) {
      finishRows(matrix * pieces.rows(), decay);
      finishColumns(matrix, decay);
    }
  }

  private void finishRows(int first, float decay) {
    double mean = 0;
    for (int row = first; row < first + pieces.rows(); row++) {
      mean += average(rowMoment, row, rowSums[row] / columns, decay);
    }
    mean /= pieces.rows();
    for (int row = first; row < first + pieces.rows(); row++) {
      float moment = rowMoment.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * Float.BYTES);
      rowFactors[row] = (float) Math.sqrt(mean / (moment + epsilon));
    }
  }

  private void finishColumns(int matrix, float decay) {
    Arrays.fill(columnTotals, 0);
    int from = matrix * pieces.perMatrix() * columns;
    int to = from + pieces.perMatrix() * columns;
    for (int row = from; row < to; row += columns) {
      for (int column = 0; column < columns; column++) {
        columnTotals[column] += columnSums[row + column];
      }
    }
    for (int column = 0; column < columns; column++) {
      int index = matrix * columns + column;
      float moment = average(columnMoment, index, columnTotals[column] / pieces.rows(), decay);
      columnFactors[index] = 1 / (float) Math.sqrt(moment + epsilon);
    }
  }

  private static float average(Tensor slot, long index, double mean, float decay) {
    float before = slot.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
    float now = decay * before + (1 - decay) * (float) mean;
    slot.data().set(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES, now);
    return now;
  }

  @Override
  public void factors(long at, float[] factors, int count) {
    int row = (int) (at / columns);
    int column = (int) (at % columns);
    int length;
    for (int i = 0; i < count; i += length, row++, column = 0) {
      length = Math.min(count - i, columns - column);
      System.arraycopy(columnFactors, row / pieces.rows() * columns + column, factors, i, length);
      multiply(factors, i, i + length, rowFactors[row]);
    }
  }

  private static void multiply(float[] factors, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      factors[i] *= factor;
    }
  }
}
