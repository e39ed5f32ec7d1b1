package org.terraformer.domain.training.optimizer;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * One entry for each row and each column of the matrices of a {@link Factoring}. A slab is what lies under one row index: all
 * columns, and what is between and inside of them. Sums over columns go through one partial sum for each piece, added up in the
 * order of the pieces: who computed which piece changes no bit.
 */
final class FactoredMoment implements SecondMoment {
  private final Tensor rowMoment;
  private final Tensor columnMoment;
  private final float epsilon;
  private final RowPieces pieces;
  private final int columns;
  private final int inner;
  private final int rowsInSlab;
  private final int slab;
  private final double[] rowSums;
  private final float[] columnSums;
  private final double[] columnTotals;
  private final float[] rowFactors;
  private final float[] columnFactors;

  FactoredMoment(Shape shape, Factoring factoring, Slots slots, float epsilon) {
    this.rowMoment = slots.make("v_row", rowShape(shape, factoring), 0);
    this.columnMoment = slots.make("v_col", columnShape(shape, factoring), 0);
    this.epsilon = epsilon;
    this.columns = factoring.columns();
    this.inner = factoring.inner();
    this.rowsInSlab = Math.multiplyExact(factoring.between(), inner);
    this.slab = Math.multiplyExact(rowsInSlab, columns);
    this.pieces = new RowPieces(factoring.outer(), factoring.rows(), slab);
    this.rowSums = new double[rowMoment.shape().intElements()];
    this.columnSums = new float[Math.multiplyExact(pieces.count(), slab)];
    this.columnTotals = new double[slab];
    this.rowFactors = new float[rowSums.length];
    this.columnFactors = new float[columnMoment.shape().intElements()];
  }

  private static boolean isLastAxes(Shape shape, Factoring factoring) {
    return Factoring.lastAxes(shape).equals(Optional.of(factoring));
  }

  private static Shape rowShape(Shape shape, Factoring factoring) {
    return isLastAxes(shape, factoring) ? Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 1))
        : Shape.of(factoring.outer(), factoring.rows(), factoring.between(), factoring.inner());
  }

  private static Shape columnShape(Shape shape, Factoring factoring) {
    return isLastAxes(shape, factoring) ? Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2)).append(factoring.columns())
        : Shape.of(factoring.outer(), factoring.between(), factoring.columns(), factoring.inner());
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
    int sums = piece * slab;
    if (at == start(piece)) {
      Arrays.fill(columnSums, sums, sums + slab, 0);
    }
    int row = (int) (at / slab);
    int offset = (int) (at % slab);
    int length;
    for (int i = 0; i < count; i += length, row++, offset = 0) {
      length = Math.min(count - i, slab - offset);
      if (offset == 0) {
        Arrays.fill(rowSums, row * rowsInSlab, (row + 1) * rowsInSlab, 0);
      }
      addToRows(row * rowsInSlab, offset, gradient, i, i + length);
      System.arraycopy(columnSums, sums + offset, buffer, i, length);
      addSquares(gradient, buffer, i, i + length);
      System.arraycopy(buffer, i, columnSums, sums + offset, length);
    }
  }

  private void addToRows(int firstRow, int offset, float[] gradient, int from, int to) {
    int run;
    for (int i = from; i < to; i += run) {
      int place = offset + i - from;
      int row = firstRow + rowOf(place);
      run = Math.min(to - i, runFrom(place));
      if (inner == 1) {
        rowSums[row] += Scratch.sumOfSquares(gradient, i, run);
      } else {
        for (int j = 0; j < run; j++) {
          rowSums[row + j] += (double) gradient[i + j] * gradient[i + j];
        }
      }
    }
  }

  /** The row of an element of a slab, among those of the slab. */
  private int rowOf(int place) {
    return place / (columns * inner) * inner + place % inner;
  }

  /** How many elements from this on are of the same row, or, where columns have an inside, of one column. */
  private int runFrom(int place) {
    return inner == 1 ? columns - place % columns : inner - place % inner;
  }

  private static void addSquares(float[] gradient, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] += gradient[i] * gradient[i];
    }
  }

  @Override
  public void finish(float decay) {
    for (int matrix = 0; matrix < pieces.matrices(); matrix++) {
      for (int inSlab = 0; inSlab < rowsInSlab; inSlab++) {
        finishRows(matrix * pieces.rows() * rowsInSlab + inSlab, decay);
      }
      finishColumns(matrix, decay);
    }
  }

  private void finishRows(int first, float decay) {
    int end = first + pieces.rows() * rowsInSlab;
    double mean = 0;
    for (int row = first; row < end; row += rowsInSlab) {
      mean += average(rowMoment, row, rowSums[row] / columns, decay);
    }
    mean /= pieces.rows();
    for (int row = first; row < end; row += rowsInSlab) {
      float moment = rowMoment.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * Float.BYTES);
      rowFactors[row] = (float) Math.sqrt(mean / (moment + epsilon));
    }
  }

  private void finishColumns(int matrix, float decay) {
    Arrays.fill(columnTotals, 0);
    int from = matrix * pieces.perMatrix() * slab;
    int to = from + pieces.perMatrix() * slab;
    for (int piece = from; piece < to; piece += slab) {
      for (int place = 0; place < slab; place++) {
        columnTotals[place] += columnSums[piece + place];
      }
    }
    for (int place = 0; place < slab; place++) {
      int index = matrix * slab + place;
      float moment = average(columnMoment, index, columnTotals[place] / pieces.rows(), decay);
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
    int row = (int) (at / slab);
    int offset = (int) (at % slab);
    int length;
    for (int i = 0; i < count; i += length, row++, offset = 0) {
      length = Math.min(count - i, slab - offset);
      System.arraycopy(columnFactors, row / pieces.rows() * slab + offset, factors, i, length);
      multiplyByRows(row * rowsInSlab, offset, factors, i, i + length);
    }
  }

  private void multiplyByRows(int firstRow, int offset, float[] factors, int from, int to) {
    int run;
    for (int i = from; i < to; i += run) {
      int place = offset + i - from;
      int row = firstRow + rowOf(place);
      run = Math.min(to - i, runFrom(place));
      if (inner == 1) {
        multiply(factors, i, i + run, rowFactors[row]);
      } else {
        for (int j = 0; j < run; j++) {
          factors[i + j] *= rowFactors[row + j];
        }
      }
    }
  }

  private static void multiply(float[] factors, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      factors[i] *= factor;
    }
  }
}
