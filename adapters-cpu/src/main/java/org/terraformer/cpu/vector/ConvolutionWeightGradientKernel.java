package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.WindowTile.COLUMNS;
import static org.terraformer.cpu.vector.WindowTile.ROWS;
import static org.terraformer.cpu.vector.WindowTile.ZEROS;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of the module convolution by its weights: what the taps saw, transposed, times the upstream gradients, over the modules of all
 * rows. Of some rows both are laid out as a {@link ModuleLine}, so that the windows are read where they overlap, and those that begin in a gap
 * are multiplied by zeros. Workers take parts of the rows, whose number does not depend on theirs, and lay each out once for six elements of the
 * windows after the other; then the parts' sums are added in order, and turned.
 */
final class ConvolutionWeightGradientKernel implements CpuKernel {
  /** Terms that are added up together, about. */
  private static final int DEPTH = 256;
  /** Bytes of sums that are made together, if those of six elements of a window are not more. */
  private static final long SUM_BYTES = 1 << 19;
  /** Rows of a part, at least, and parts, at most. */
  private static final int ROWS_OF_PART = 64;
  private static final int MOST_PARTS = 16;
  /** Bytes of the sums of all parts, if those of one are not more. */
  private static final long PARTS_BYTES = 1 << 24;

  private final long upstream;
  private final long x;
  private final long y;
  private final int modules;
  private final int outputs;
  private final int inputs;
  private final int length;
  /** Elements of a window at one time. */
  private final int width;
  private final ModuleLine upstreamLine;
  private final ModuleLine line;
  private final int[] pairs;
  private final int blockRows;
  private final int blockTiles;
  private final long sumStride;
  private final long partBytes;
  private final int mostParts;
  private final long partSums;

  ConvolutionWeightGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    Shape weight = step.result().shape();
    this.upstream = operands[0].address();
    this.x = operands[1].address();
    this.y = result.address();
    this.modules = operands[0].value().shape().intAxis(0);
    this.outputs = weight.intAxis(0);
    this.length = weight.intAxis(1);
    this.inputs = weight.intAxis(3);
    this.width = Math.multiplyExact(weight.intAxis(2), inputs);
    this.upstreamLine = new ModuleLine(modules, outputs, weight.intAxis(2));
    this.line = new ModuleLine(modules, inputs, weight.intAxis(2));
    this.blockRows = Math.max(1, DEPTH / line.period());
    this.pairs = WindowTile.pairs(blockRows * line.period(), 4L * inputs);
    this.sumStride = 4L * COLUMNS * Math.ceilDiv(outputs, COLUMNS);
    this.blockTiles = (int) Math.clamp(SUM_BYTES / (ROWS * sumStride), 1, tiles());
    this.partBytes = tiles() * ROWS * sumStride;
    this.mostParts = (int) Math.clamp(Math.min(site.limits().rows() / ROWS_OF_PART, PARTS_BYTES / partBytes), 1, MOST_PARTS);
    this.partSums = site.share(mostParts * partBytes);
  }

  private int tiles() {
    return length * tilesOfTime();
  }

  private int parts(Frame frame) {
    return Math.clamp(frame.rows() / ROWS_OF_PART, 1, mostParts);
  }

  private int tilesOfTime() {
    return Math.ceilDiv(width, ROWS);
  }

  // A worker's memory: the line of inputs, that of upstream gradients.
  private long lineBytes() {
    return 4L * inputs * line.places(blockRows + length - 1);
  }

  private long upstreamBytes() {
    return Math.ceilDiv(outputs, COLUMNS) * panelBytes();
  }

  /** Some columns of upstream gradients, of all places. */
  private long panelBytes() {
    return 4L * COLUMNS * upstreamLine.places(blockRows);
  }

  private long space() {
    return lineBytes() + upstreamBytes();
  }

  private long sums(int part, int tile) {
    return partSums + part * partBytes + tile * ROWS * sumStride;
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return phase == 0 ? Share.perWorker(parts(frame), 1, workers) : 1;
  }

  @Override
  public long scratchBytes() {
    return space() + Transposition.SPACE_BYTES;
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    int parts = parts(frame);
    if (phase == 0) {
      Floats.clear(frame.scratch(), space() / 4);
      int to = Share.to(parts, share, shares);
      for (int part = Share.from(parts, share, shares); part < to; part++) {
        sum(frame, part, Share.from(frame.rows(), part, parts), Share.to(frame.rows(), part, parts));
      }
      return;
    }
    int to = Share.to(tiles(), share, shares);
    for (int tile = Share.from(tiles(), share, shares); tile < to; tile++) {
      for (int part = 1; part < parts; part++) {
        Elements.add(sums(0, tile), sums(part, tile), sums(0, tile), (int) (ROWS * sumStride / 4));
      }
      store(tile, sums(0, tile), frame.scratch());
    }
  }

  private void sum(Frame frame, int part, int from, int to) {
    for (int tile = 0; tile < tiles(); tile += blockTiles) {
      int rows;
      for (int row = from; row < to; row += rows) {
        rows = Math.min(Math.min(blockRows, to - row), frame.length() - row % frame.length());
        lay(frame, row, rows, frame.scratch());
        add(part, tile, Math.min(tiles(), tile + blockTiles), rows, row == from, frame.scratch());
      }
    }
  }

  /** Rows of one sequence, behind what was seen before them. */
  private void lay(Frame frame, int row, int rows, long scratch) {
    int before = Math.min(length - 1, row % frame.length());
    for (int item = 0; item < rows + length - 1; item++) {
      int seen = row + item - (length - 1);
      line.copy(item < length - 1 - before ? 0 : x + 4L * modules * inputs * seen, item, scratch);
    }
    for (int column = 0; column < outputs; column += COLUMNS) {
      long panel = scratch + lineBytes() + column / COLUMNS * panelBytes();
      for (int i = 0; i < rows; i++) {
        upstreamLine.copyColumns(upstream + 4L * modules * outputs * (row + i) + 4L * column, Math.min(COLUMNS, outputs - column), i, panel);
      }
      if (rows < blockRows) {
        upstreamLine.copyColumns(0, COLUMNS, rows, panel);
      }
    }
  }

  private void add(int part, int fromTile, int toTile, int rows, boolean first, long scratch) {
    int places = rows * line.period();
    for (int column = 0; column < outputs; column += COLUMNS) {
      long right = scratch + lineBytes() + column / COLUMNS * panelBytes() + 4L * COLUMNS * upstreamLine.gap();
      for (int tile = fromTile; tile < toTile; tile++) {
        int time = tile / tilesOfTime();
        int element = tile % tilesOfTime() * ROWS;
        long left = scratch + 4L * (time * line.period() * inputs + element);
        long sums = sums(part, tile) + 4L * column;
        WindowTile.multiply(left, 4L * inputs, pairs, 0, (places + 1) / 2, right, first ? ZEROS : sums, first ? 0 : sumStride, sums, sumStride);
      }
    }
  }

  /** Turns the sums of elements of a window, a row for each, to a column for each. */
  private void store(int tile, long sums, long space) {
    int time = tile / tilesOfTime();
    int element = tile % tilesOfTime() * ROWS;
    Transposition.turn(sums, Math.min(ROWS, width - element), outputs, sumStride, y + 4L * (time * width + element), 4L * length * width, space);
  }
}
