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
  private static final long FEWEST_BYTES = 1 << 15;

  private final RowKernel rows;
  /** Null where a run never has so many vectors. */
  private final UnpackedRows unpacked;
  private final int fewestForUnpacked;
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
    int most = mostItems * vectorsPerItem;
    this.unpacked = most >= fewestForUnpacked ? new UnpackedRows(operands[1], rows.columns, 1, site) : null;
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
    return RowKernel.TILE_BYTES;
  }

  @Override
  public int phases(Frame frame) {
    return arranges(frame) ? 2 : 1;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 && arranges(frame) ? 1 : Share.perWorker(weightBytes, FEWEST_BYTES, workers);
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
    return arranged != 0 && vectors(frame) >= RowKernel.FEWEST_ARRANGED;
  }

  /** So many fours of rows: one row of each quarter, where all vectors go into one tile, or else neighbours, which stay in the cache. */
  private void multiply(int vectors, int from, int to, Frame frame) {
    if (unpacked != null && vectors >= fewestForUnpacked) {
      for (int row = QUAD * from; row < QUAD * to; row += QUAD) {
        multiplyQuad(vectors, unpacked.unpack(row, QUAD, frame.worker()), 0, row, 1, frame.scratch());
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
      multiplyQuad(vectors, rows, row, row, quarter, frame.scratch());
    }
  }

  private void multiplyRows(int vectors, int from, int to, Frame frame) {
    if (vectors == 1) {
      rows.dotRows(x, from, to, y + 4L * from, frame.scratch());
      return;
    }
    for (int row = from; row < to; row += QUAD) {
      multiplyQuad(vectors, rows, row, row, 1, frame.scratch());
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

  private void multiplyQuad(int vectors, RowKernel weights, int row, int output, int step, long scratch) {
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
