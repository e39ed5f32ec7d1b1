package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Species.LANES;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.random.AttentionDropout;

/**
 * The attention weights of groups of queries of one head over a whole sequence, in one worker's memory: scores are a {@link MatrixProduct} of
 * queries and keys, which are copied side by side, softmax follows row by row.
 */
final class HeadWeights {
  /** Queries of a group. */
  static final int QUERIES = 96;
  private static final float HIDDEN = -1e9f;

  /** Bytes from the weights of one query to those of the next. */
  final long stride;
  /** The weights of the group's queries. */
  final long weights;
  /** The queries, scaled. */
  final long queries;
  final long keys;
  final int keySize;
  final float scale;

  private final int heads;
  private final boolean causal;
  private final AttentionDropout dropout;
  private final CpuTensor query;
  private final CpuTensor key;
  private final CpuTensor mask;
  private final CpuTensor seed;
  private final long visible;
  private final long factors;
  private final MatrixProduct scores;
  private int firstRow;
  private int length;
  private int head;
  private int firstQuery;

  /**
   * @param operands queries and keys first; last the mask if not causal, and the seed if weights are left out
   * @param longest sequence
   */
  HeadWeights(CpuTensor[] operands, int heads, boolean causal, AttentionDropout dropout, KernelSite site, int longest) {
    this.heads = heads;
    this.causal = causal;
    this.dropout = dropout;
    this.query = operands[0];
    this.key = operands[1];
    int last = operands.length - 1;
    this.seed = dropout.draws() ? operands[last] : null;
    this.mask = causal ? null : operands[dropout.draws() ? last - 1 : last];
    this.keySize = query.width() / heads;
    this.scale = (float) (1 / Math.sqrt(keySize));
    // A vector more than the keys: exponentials are made of whole vectors.
    this.stride = 4L * ((longest + LANES - 1) / LANES + 1) * LANES;
    this.queries = site.share(4L * QUERIES * keySize);
    this.keys = site.share(4L * longest * keySize);
    this.weights = site.share(QUERIES * stride);
    this.visible = causal ? 0 : site.share(stride);
    this.factors = dropout.draws() ? site.share(stride) : 0;
    this.scores = MatrixProduct.rightTransposed(new F32MatrixRows(queries, 4L * keySize), new F32MatrixRows(keys, 4L * keySize),
        ResultRows.fromZero(weights, stride));
  }

  /** The longest sequence that a run may have. */
  static int longest(KernelSite site) {
    return Math.min(site.limits().rows(), site.limits().contextLength());
  }

  /** Goes to a head of a sequence. */
  void begin(int firstRow, int length, int head) {
    this.firstRow = firstRow;
    this.length = length;
    this.head = head;
    for (int t = 0; t < length; t++) {
      copy(key, t, keySize, keys + 4L * t * keySize);
      if (!causal) {
        Memory.setFloat(visible + 4L * t, Memory.getInt(mask.address() + 4L * (firstRow + t)) == 0 ? 0 : 1);
      }
    }
  }

  /** The head's part of a row of the sequence. */
  void copy(CpuTensor tensor, int t, int size, long to) {
    Floats.copy(tensor.address() + 4L * ((long) (firstRow + t) * heads + head) * size, to, size);
  }

  /** Scores of the queries from {@code first} on; {@link #weigh} makes weights of them. */
  void score(int first, int count, long scratch) {
    firstQuery = first;
    for (int i = 0; i < count; i++) {
      copy(query, first + i, keySize, queries + 4L * i * keySize);
    }
    Floats.multiply(scale, queries, queries, count * keySize);
    scores.run(count, seen(first, count), keySize, 0, 1, scratch);
  }

  /** How many keys the last of some queries sees. */
  int seen(int first, int count) {
    return causal ? first + count : length;
  }

  /** How many keys a query of the group sees. */
  int seen(int query) {
    return seen(firstQuery, query + 1);
  }

  /** Makes weights of a query's scores. */
  void weigh(int query) {
    long row = weights + query * stride;
    int count = seen(query);
    if (!causal) {
      hideScores(row, count);
    }
    float total = Exponential.ofDifferences(row, count, Floats.largest(row, count));
    Floats.multiply(1 / total, row, row, count);
  }

  private void hideScores(long row, int count) {
    for (int j = 0; j < count; j++) {
      if (Memory.getFloat(visible + 4L * j) == 0) {
        Memory.setFloat(row + 4L * j, HIDDEN);
      }
    }
  }

  /** Multiplies what belongs to the keys of a query by 0 where they are hidden. */
  void hide(int query, long row) {
    if (!causal) {
      Elements.multiply(visible, row, row, seen(query));
    }
  }

  /** Draws which weights of a query stay; {@link #drop} leaves the others out. */
  void draw(int query) {
    if (dropout.draws()) {
      int key = Memory.getInt(seed.address());
      long place = (long) (firstRow + firstQuery + query) * heads + head;
      int count = seen(query);
      for (int j = 0; j < count; j++) {
        Memory.setFloat(factors + 4L * j, dropout.factor(key, place, j));
      }
    }
  }

  /** Multiplies what belongs to the keys of a query by what was drawn for it last. */
  void drop(int query, long row) {
    if (dropout.draws()) {
      Elements.multiply(factors, row, row, seen(query));
    }
  }
}
