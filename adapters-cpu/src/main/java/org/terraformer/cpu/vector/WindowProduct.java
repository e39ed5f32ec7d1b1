package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.WindowTile.COLUMNS;
import static org.terraformer.cpu.vector.WindowTile.ROWS;

import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;

/**
 * The product of what the taps of each module of each row see, {@code times} items and in each the module and its neighbours, with weights:
 * a row of the result for each module, a piece of its sums for each tap. Windows overlap and are never written out. Of some rows the items are
 * turned to one {@link ModuleLine} for each element of a module, so that the windows of modules that stand side by side do so as well, and
 * {@link WindowTile} reads them there. The weights are laid out once for all rows, as floats in panels of columns.
 *
 * <p>A sum is made of its terms in their order, some {@link #DEPTH} together. The result is divided among workers, never a sum.
 */
final class WindowProduct implements CpuKernel {
  /** Terms that are added up together, at most: with their columns most of a first-level cache. */
  private static final int DEPTH = 448;
  /** Bytes of weights that are laid out together, if a panel has not more. */
  private static final long WEIGHT_BYTES = 1 << 20;
  /** Bytes of items that are laid out together, if those of {@link #FEWEST_ROWS} rows have not more. */
  private static final long LINE_BYTES = 1 << 16;
  private static final int FEWEST_ROWS = 4;
  /** Rows that are worth laying the weights out for, at least. */
  private static final long ROWS_OF_SHARE = 64;
  private static final int CACHE_LINE = 64;

  private final Items items;
  private final Weights weights;
  private final long bias;
  private final long result;
  private final ModuleLine line;
  private final int modules;
  private final int size;
  private final int times;
  private final int taps;
  /** How many bytes from its first place on a window sees pairs of terms, those of each tap together. */
  private final int[] pairs;
  private final int columns;
  /** Terms of a tap: the elements of a module and, if their number is odd, a zero. */
  private final int terms;
  private final int blockRows;
  private final int blockColumns;
  private final long stride;
  private final long panelBytes;
  private final long sumStride;

  /** What windows see. */
  interface Items {
    /** The address of item {@code time} of those that a row sees, of {@code modules} times {@code size} floats; 0 if it is all zeros. */
    long at(Frame frame, int row, int time);
  }

  /** What windows are multiplied with. */
  interface Weights {
    /**
     * Lays the weights of a tap out, of some columns.
     *
     * @param tap of all times, as the windows see them
     * @param to for each element of a module {@link WindowTile#COLUMNS} floats, further columns each {@code panelBytes} on
     * @param space of {@link #spaceBytes}
     */
    void lay(int tap, int column, int columns, long to, long panelBytes, long space);

    long spaceBytes();
  }

  /**
   * @param times items that a row sees
   * @param kernel modules of each that a module sees, odd
   * @param bias the address of what sums start from; 0 if from zero
   * @param result the address of the result, of {@code columns} floats for each module of a row
   */
  WindowProduct(Items items, int modules, int size, int times, int kernel, Weights weights, int columns, long bias, long result) {
    this.items = items;
    this.weights = weights;
    this.bias = bias;
    this.result = result;
    this.line = new ModuleLine(modules, size, kernel);
    this.modules = modules;
    this.size = size;
    this.times = times;
    this.taps = Math.multiplyExact(times, kernel);
    this.columns = columns;
    this.terms = size + size % 2;
    long rowBytes = 4L * terms * line.period();
    this.blockRows = (int) Math.max(FEWEST_ROWS, LINE_BYTES / rowBytes - times + 1);
    // An odd number of cache lines, so that the elements of a module do not share sets of a cache.
    this.stride = CACHE_LINE * (Math.ceilDiv(4L * line.places(blockRows + times - 1), CACHE_LINE) | 1);
    this.pairs = IntStream.range(0, taps * (terms / 2)).map(pair -> {
      int tap = pair / (terms / 2);
      return Math.toIntExact(4L * (tap / kernel * line.period() + tap % kernel) + 2L * (pair % (terms / 2)) * stride);
    }).toArray();
    this.panelBytes = 4L * COLUMNS * terms * taps;
    long unitBytes = MatrixProduct.COLUMN_UNIT / COLUMNS * panelBytes;
    this.blockColumns = MatrixProduct.COLUMN_UNIT * (int) Math.clamp(WEIGHT_BYTES / unitBytes, 1, Math.ceilDiv(columns, MatrixProduct.COLUMN_UNIT));
    this.sumStride = 4L * COLUMNS * Math.min(blockColumns / COLUMNS, Math.ceilDiv(columns, COLUMNS));
  }

  // A worker's memory: panels, lines, what sums start from, sums, space to lay things out.
  private long lines() {
    return blockColumns / COLUMNS * panelBytes;
  }

  private long starts() {
    return lines() + terms * stride;
  }

  private long sums() {
    return starts() + sumStride;
  }

  private long space() {
    return sums() + line.places(blockRows) * sumStride;
  }

  @Override
  public long scratchBytes() {
    return space() + Math.max(weights.spaceBytes(), Transposition.SPACE_BYTES);
  }

  @Override
  public int sharesPerWorker(int phase, Frame frame, int workers) {
    return Share.perWorker(frame.rows(), ROWS_OF_SHARE, workers);
  }

  @Override
  public void run(int phase, Frame frame, int share, int shares) {
    long scratch = frame.scratch();
    Floats.clear(scratch + lines(), terms * stride / 4);
    Floats.clear(scratch + starts(), sumStride / 4);
    int windows = frame.rows() * modules;
    int across = MatrixProduct.workersAcross(windows, columns, shares);
    int down = shares / across;
    int from = Share.from(windows, ROWS, share / across, down);
    int to = Share.to(windows, ROWS, share / across, down);
    int endColumn = Share.to(columns, MatrixProduct.COLUMN_UNIT, share % across, across);
    for (int column = Share.from(columns, MatrixProduct.COLUMN_UNIT, share % across, across); column < endColumn; column += blockColumns) {
      int count = Math.min(blockColumns, endColumn - column);
      layWeights(column, count, scratch);
      if (bias != 0) {
        Floats.copy(bias + 4L * column, scratch + starts(), count);
      }
      int end;
      for (int window = from; window < to; window = end) {
        int row = window / modules;
        int rows = Math.min(blockRows, frame.length() - row % frame.length());
        end = Math.min(to, (row + rows) * modules);
        layItems(frame, row, Math.ceilDiv(end, modules) - row, scratch);
        multiply(row, window, end, count, scratch);
        store(row, window, end, column, count, scratch);
      }
    }
  }

  private void layWeights(int column, int count, long scratch) {
    for (int tap = 0; tap < taps; tap++) {
      long to = scratch + 4L * COLUMNS * terms * tap;
      weights.lay(tap, column, count, to, panelBytes, scratch + space());
      for (int panel = 0; terms > size && panel < Math.ceilDiv(count, COLUMNS); panel++) {
        Floats.clear(to + panel * panelBytes + 4L * COLUMNS * size, COLUMNS);
      }
    }
  }

  /** The items that rows of one sequence see, of which all but the first of a row are seen by the next. */
  private void layItems(Frame frame, int row, int rows, long scratch) {
    for (int item = 0; item < rows + times - 1; item++) {
      int seeing = Math.min(item, rows - 1);
      line.turn(items.at(frame, row + seeing, item - seeing), item, scratch + lines(), stride, scratch + space());
    }
  }

  /** Sums of windows of rows whose items were laid out, the first of them for {@code firstRow}; also for places in gaps, where none begins. */
  private void multiply(int firstRow, int window, int end, int count, long scratch) {
    int together = Math.ceilDiv(pairs.length, Math.ceilDiv(pairs.length, DEPTH / 2));
    for (int pair = 0; pair < pairs.length; pair += together) {
      int to = Math.min(pair + together, pairs.length);
      for (int column = 0; column < count; column += COLUMNS) {
        long right = scratch + column / COLUMNS * panelBytes + 8L * COLUMNS * pair;
        for (int place = place(window, firstRow); place <= place(end - 1, firstRow); place += ROWS) {
          long sums = scratch + sums() + place * sumStride + 4L * column;
          WindowTile.multiply(scratch + lines() + 4L * place, stride, pairs, pair, to, right, pair == 0 ? scratch + starts() + 4L * column : sums,
              pair == 0 ? 0 : sumStride, sums, sumStride);
        }
      }
    }
  }

  /** Writes sums to the result, those of a row at once if they lie in it as they were made. */
  private void store(int firstRow, int window, int end, int column, int count, long scratch) {
    int together;
    for (int w = window; w < end; w += together) {
      together = count == columns && sumStride == 4L * columns ? Math.min(modules - w % modules, end - w) : 1;
      Floats.copy(scratch + sums() + place(w, firstRow) * sumStride, result + 4L * ((long) w * columns + column), together * count);
    }
  }

  private int place(int window, int firstRow) {
    return (window / modules - firstRow) * line.period() + window % modules;
  }
}
