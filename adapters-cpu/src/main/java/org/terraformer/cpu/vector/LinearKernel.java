package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Linear;

/**
 * Matrix products. The rows of weights are read in four streams, each a quarter of them, side by side; workers and their shares take contiguous
 * ranges of these, so that who takes one share after another reads the same four streams on. With more vectors than a tile takes, four
 * neighbouring rows of weights are used for all of them before the next are loaded.
 */
final class LinearKernel implements CpuKernel {
  private static final int QUAD = 4;
  /** Bytes of weights that are a share of their own, at least. */
  private static final long FEWEST_BYTES = 1 << 18;

  /** The products of a tile of a piece, four for each vector. */
  private static final long PRODUCTS_STRIDE = 4L * QUAD;
  private static final long PRODUCTS_BYTES = 4 * PRODUCTS_STRIDE;
  /** Each reads what all vectors have in a piece anew. */
  private static final int MOST_SHARES_OF_PIECES = 2;

  private final RowKernel rows;
  /** Null where a run never has so many vectors. */
  private final UnpackedRows unpacked;
  private final int fewestForUnpacked;
  /** Null where a run never has more vectors than a cache. */
  private final ColumnPieces pieces;
  private final int fewestForPieces;
  /** Where vectors are laid out as the rows want them; 0 if never. */
  private final long arranged;
  private final int outputs;
  private final int quarter;
  private final int vectorsPerItem;
  private final Extent extent;
  private final long x;
  private final long xStride;
  private final long y;
  private final long bias;
  private final int biases;
  private final long weightBytes;

  /**
   * @param mostItems of a run
   */
  LinearKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site, int mostItems) {
    this.rows = RowKernel.of(operands[1]);
    this.outputs = (int) operands[1].value().shape().rows();
    this.quarter = outputs / QUAD;
    this.vectorsPerItem = result.width() / outputs;
    this.extent = step.result().extent();
    this.fewestForUnpacked = UnpackedRows.fewestVectors(operands[1].dtype(), rows.columns);
    this.fewestForPieces = ColumnPieces.fewestVectors(rows.columns);
    int most = mostItems * vectorsPerItem;
    this.unpacked = most >= fewestForUnpacked ? new UnpackedRows(operands[1], rows.columns, 1, site) : null;
    this.pieces = most >= fewestForPieces ? new ColumnPieces(operands[1], rows.columns, site) : null;
    boolean arrange = rows.arranges() && most >= RowKernel.FEWEST_ARRANGED;
    this.arranged = arrange ? site.share(4L * most * rows.columns) : 0;
    this.x = operands[0].address();
    this.xStride = 4L * rows.columns;
    this.y = result.address();
    boolean biased = ((Linear) step.operation()).biased();
    this.bias = biased ? operands[2].address() : 0;
    this.biases = biased ? operands[2].width() : 0;
    this.weightBytes = operands[1].data().byteSize();
  }

  @Override
  public long scratchBytes() {
    return RowKernel.TILE_BYTES + (pieces == null ? 0 : PRODUCTS_BYTES);
  }

  @Override
  public int phases(Frame frame) {
    return arranges(frame) ? 2 : 1;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    if (phase == 0 && arranges(frame)) {
      return 1;
    }
    return Math.min(divides(vectors(frame)) ? MOST_SHARES_OF_PIECES : Integer.MAX_VALUE, Share.perWorker(weightBytes, FEWEST_BYTES, workers));
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int vectors = vectors(frame);
    if (phase == 0 && arranges(frame)) {
      int from = Share.from(vectors, share, shares);
      rows.arrange(x + from * xStride, Share.to(vectors, share, shares) - from, arranged + from * xStride);
      return;
    }
    multiply(vectors, Share.from(quarter, share, shares), Share.to(quarter, share, shares), frame);
    if (share == shares - 1) {
      multiplyLast(vectors);
    }
  }

  private int vectors(Frame frame) {
    return frame.items(extent) * vectorsPerItem;
  }

  private boolean arranges(Frame frame) {
    return arranged != 0 && vectors(frame) >= RowKernel.FEWEST_ARRANGED && !divides(vectors(frame));
  }

  private boolean divides(int vectors) {
    return pieces != null && vectors >= fewestForPieces;
  }

  /** So many fours of rows: one row of each quarter, where all vectors go into one tile, or else neighbours, which stay in the cache. */
  private void multiply(int vectors, int from, int to, Frame frame) {
    if (divides(vectors)) {
      multiplyPieces(vectors, QUAD * from, QUAD * to, frame);
      addBias(vectors, QUAD * from, QUAD * to);
    } else if (unpacked != null && vectors >= fewestForUnpacked) {
      for (int row = QUAD * from; row < QUAD * to; row += QUAD) {
        multiplyTiles(vectors, unpacked.unpack(row, QUAD, frame.worker()), 0, row, 1, frame.scratch());
      }
      addBias(vectors, QUAD * from, QUAD * to);
    } else if (rows.tileOf(vectors) == vectors && rows.readsQuarters()) {
      multiplyQuarters(vectors, from, to, frame);
      for (int first = 0; first < QUAD * quarter; first += quarter) {
        addBias(vectors, first + from, first + to);
      }
    } else {
      multiplyRows(vectors, QUAD * from, QUAD * to, frame);
      addBias(vectors, QUAD * from, QUAD * to);
    }
  }

  private void multiplyQuarters(int vectors, int from, int to, Frame frame) {
    if (vectors == 1) {
      rows.dotQuarters(x, from, to, quarter, y);
      return;
    }
    for (int row = from; row < to; row++) {
      multiplyQuad(vectors, row, quarter, frame.scratch());
    }
  }

  private void multiplyRows(int vectors, int from, int to, Frame frame) {
    if (vectors == 1) {
      rows.dotRows(x, from, to, y + 4L * from, frame.scratch());
      return;
    }
    for (int row = from; row < to; row += QUAD) {
      multiplyQuad(vectors, row, 1, frame.scratch());
    }
  }

  /** What four quarters leave of the rows. */
  private void multiplyLast(int vectors) {
    for (int output = QUAD * quarter; output < outputs; output++) {
      for (int vector = 0; vector < vectors; vector++) {
        Memory.setFloat(y + 4L * ((long) vector * outputs + output), rows.dot(x + vector * xStride, output));
      }
    }
    addBias(vectors, QUAD * quarter, outputs);
  }

  /** Neighbouring rows, piece by piece of the columns. */
  private void multiplyPieces(int vectors, int from, int to, Frame frame) {
    long products = frame.scratch() + RowKernel.TILE_BYTES;
    for (int piece = 0; piece < pieces.count(); piece++) {
      long part = x + 4L * pieces.first(piece);
      for (int row = from; row < to; row += QUAD) {
        RowKernel weights = pieces.rows(piece, row, frame.worker(), frame.scratch());
        int count;
        for (int vector = 0; vector < vectors; vector += count) {
          count = weights.tileOf(vectors - vector);
          weights.dotTile(count, part + vector * xStride, 0, xStride, pieces.place(row), 1, products, PRODUCTS_STRIDE, frame.scratch());
          addProducts(products, count, y + 4L * ((long) vector * outputs + row), piece > 0);
        }
      }
    }
  }

  private void addProducts(long products, int vectors, long target, boolean further) {
    for (int vector = 0; vector < vectors; vector++) {
      for (int i = 0; i < QUAD; i++) {
        long at = target + 4L * ((long) vector * outputs + i);
        float product = Memory.getFloat(products + vector * PRODUCTS_STRIDE + 4L * i);
        Memory.setFloat(at, further ? Memory.getFloat(at) + product : product);
      }
    }
  }

  private void multiplyQuad(int vectors, int row, int step, long scratch) {
    rows.touch(row, step, scratch);
    multiplyTiles(vectors, rows, row, row, step, scratch);
  }

  private void multiplyTiles(int vectors, RowKernel weights, int row, int output, int step, long scratch) {
    int count;
    for (int vector = 0; vector < vectors; vector += count) {
      count = weights.tileOf(vectors - vector);
      weights.dotTile(count, x + vector * xStride, arranged + vector * xStride, xStride, row, step,
          y + 4L * ((long) vector * outputs + output), 4L * outputs, scratch);
    }
  }

  private void addBias(int vectors, int from, int to) {
    for (int vector = 0; vector < vectors && biases > 0; vector++) {
      long target = y + 4L * vector * outputs;
      long source = bias + 4L * (((long) vector * outputs) % biases);
      Elements.add(target + 4L * from, source + 4L * from, target + 4L * from, to - from);
    }
  }
}
