package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.random.AttentionDropout;

/**
 * The windows that one head of a sequence is attended in, one after another: its rows, sorted by buckets or as they are, parted
 * in chunks; the keys and values around a chunk brought together; scores of a query with them. Each worker has an object of its
 * own.
 *
 * <p>A place is where a row stands in the order of all rounds, an entry is {@code round * length + row}.
 */
final class ChunkWindows {
  private static final float HIDDEN = (float) -AttentionWindow.HIDDEN;
  private static final float SELF = (float) AttentionWindow.SELF;
  private static final float BOTH = HIDDEN - SELF;

  private final AttentionWindow window;
  private final int heads;
  private final int hashes;
  private final int keySize;
  private final int valueSize;
  private final long queries;
  private final long keys;
  private final long values;
  private final long mask;
  private final AttentionDropout dropout;
  private final long seed;
  private final float scale;
  private final int mostRows;
  private final int windowRows;

  private int length;
  private long firstRow;
  private int head;
  private long order;
  private long positions;
  private long windowKeys;
  private long windowValues;
  private long scores;
  private long factors;
  private int chunkSize;
  private int chunks;
  private int count;
  private boolean around;

  /**
   * @param operands queries, keys and values of a run's rows
   * @param mask the address of the mask; 0 if there is none
   * @param mostRows rows of the longest run
   */
  ChunkWindows(AttentionWindow window, int heads, int hashes, CpuTensor[] operands, long mask, int mostRows) {
    this(window, heads, hashes, operands, mask, mostRows, AttentionDropout.NONE);
  }

  /**
   * As {@link #ChunkWindows(AttentionWindow, int, int, CpuTensor[], long, int)}.
   *
   * @param operands if weights are left out, the last one is the seed
   */
  ChunkWindows(AttentionWindow window, int heads, int hashes, CpuTensor[] operands, long mask, int mostRows, AttentionDropout dropout) {
    this.window = window;
    this.heads = heads;
    this.hashes = hashes;
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.queries = operands[0].address();
    this.keys = operands[1].address();
    this.values = operands[2].address();
    this.mask = mask;
    this.dropout = dropout;
    this.seed = dropout.draws() ? operands[operands.length - 1].address() : 0;
    this.scale = (float) (1 / Math.sqrt(keySize));
    this.mostRows = mostRows;
    int places = Math.multiplyExact(mostRows, hashes);
    this.windowRows = Math.multiplyExact(window.chunkLength() == 0 ? places : Math.min(places, window.chunkLength()), window.chunks());
  }

  /** The most keys that are gathered at once. */
  int mostKeys() {
    return windowRows;
  }

  /** Bytes of memory that {@link #begin} needs. */
  long scratchBytes() {
    return 4L * ((long) mostRows * hashes + RoundSort.scratchInts(mostRows) 
        + windowRows * (2L + (dropout.draws() ? 1 : 0) + keySize + valueSize) + Species.LANES);
  }

  /**
   * Starts with a head of a sequence.
   *
   * @param buckets the address of the run's buckets [row][head][hash]; 0 for rows as they are
   */
  void begin(Frame frame, int sequence, int head, long buckets, long scratch) {
    this.length = frame.length();
    this.firstRow = (long) sequence * length;
    this.head = head;
    this.order = scratch;
    long sorting = order + 4L * mostRows * hashes;
    this.positions = sorting + 4L * RoundSort.scratchInts(mostRows);
    this.windowKeys = positions + 4L * windowRows;
    this.windowValues = windowKeys + 4L * windowRows * keySize;
    this.scores = windowValues + 4L * windowRows * valueSize;
    this.factors = scores + 4L * (windowRows + Species.LANES);
    this.chunkSize = window.chunkLength() == 0 ? length * hashes : window.chunkLength();
    this.chunks = Math.ceilDiv(length * hashes, chunkSize);
    this.around = buckets != 0 || !window.causal();
    if (buckets == 0) {
      for (int row = 0; row < length; row++) {
        Memory.setInt(order + 4L * row, row);
      }
      return;
    }
    for (int hash = 0; hash < hashes; hash++) {
      RoundSort.sort(buckets + 4L * ((firstRow * heads + head) * hashes + hash), 4L * heads * hashes, length, hash * length,
          order + 4L * hash * length, sorting);
    }
  }

  int chunks() {
    return chunks;
  }

  int firstPlace(int chunk) {
    return chunk * chunkSize;
  }

  int endPlace(int chunk) {
    return Math.min(length * hashes, (chunk + 1) * chunkSize);
  }

  int entry(int place) {
    return Memory.getInt(order + 4L * place);
  }

  /** The address of a row's vector in a tensor of so many elements for each head. */
  long vector(long tensor, int row, int size) {
    return tensor + 4L * ((firstRow + row) * heads + head) * size;
  }

  long query(int row) {
    return vector(queries, row, keySize);
  }

  /** Brings together what the queries of a chunk see. */
  void gather(int chunk) {
    count = 0;
    int first = around ? chunk - window.before() : Math.max(0, chunk - window.before());
    int last = around ? chunk + window.after() : chunk;
    for (int i = first; i <= last; i++) {
      int other = Math.floorMod(i, chunks);
      for (int place = firstPlace(other); place < endPlace(other); place++) {
        int row = entry(place) % length;
        Floats.copy(vector(keys, row, keySize), windowKeys + 4L * count * keySize, keySize);
        Floats.copy(vector(values, row, valueSize), windowValues + 4L * count * valueSize, valueSize);
        boolean hidden = mask != 0 && row >= AttentionWindow.FIRST_HIDDEN && Memory.getInt(mask + 4 * (firstRow + row)) == 0;
        Memory.setInt(positions + 4L * count, hidden ? ~row : row);
        count++;
      }
    }
  }

  /** The number of keys gathered. */
  int count() {
    return count;
  }

  long keys() {
    return windowKeys;
  }

  long values() {
    return windowValues;
  }

  /** The row of a gathered key. */
  int row(int key) {
    int position = Memory.getInt(positions + 4L * key);
    return position < 0 ? ~position : position;
  }

  /**
   * The scores of a row's query with the gathered keys, less penalties.
   *
   * @return their address; there is room for a whole vector behind them
   */
  long scores(int row) {
    AttentionVectors.scores(false, query(row), scale, windowKeys, keySize, count, scores);
    for (int key = 0; key < count; key++) {
      int position = Memory.getInt(positions + 4L * key);
      boolean hidden = position < 0;
      position = hidden ? ~position : position;
      boolean self = position == row && window.selfDisfavoured();
      if (hidden || window.causal() && position > row) {
        Memory.setFloat(scores + 4L * key, self ? BOTH : HIDDEN);
      } else if (self) {
        Memory.setFloat(scores + 4L * key, Memory.getFloat(scores + 4L * key) - SELF);
      }
    }
    return scores;
  }

  /** Draws which weights of a row's query stay; {@link #drop} leaves the others out. */
  void draw(int row) {
    if (dropout.draws()) {
      int of = Memory.getInt(seed);
      long place = (firstRow + row) * heads + head;
      for (int key = 0; key < count; key++) {
        Memory.setFloat(factors + 4L * key, dropout.factor(of, place, row(key)));
      }
    }
  }

  /** Multiplies what belongs to the gathered keys by what was drawn for them last. */
  void drop(long each) {
    if (dropout.draws()) {
      Elements.multiply(factors, each, each, count);
    }
  }
}
