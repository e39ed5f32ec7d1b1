package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.ProductTile.COLUMNS;
import static org.terraformer.cpu.vector.ProductTile.LEFT_STRIDE;
import static org.terraformer.cpu.vector.Species.LANES;
import static org.terraformer.cpu.vector.TileRows.BLOCK;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.random.AttentionDropout;

/**
 * The attention weights of groups of queries of one head over a whole sequence, and products with them, in one worker's memory. Keys are laid out
 * once for all groups, softmax follows row by row, and tiles of queries with keys that none of them sees are left out of every product.
 */
final class HeadWeights {
  /** Queries of a group, at most: whole tiles. */
  static final int QUERIES = 132;
  private static final ProductTile TILE = ProductTile.BEST;
  private static final float HIDDEN = -1e9f;

  /** The weights of the group's queries: up to a tile behind the keys that a query sees they are 0. */
  final TileRows weights;
  /** The queries, scaled. */
  private final TileRows queries;
  final int keySize;
  final float scale;

  private final int heads;
  private final boolean causal;
  private final AttentionDropout dropout;
  private final CpuTensor query;
  private final MatrixRows[] keys;
  private final TilePanels keyColumns;
  private final CpuTensor mask;
  private final CpuTensor seed;
  private final long visible;
  private final long factors;
  /** For a tile that reaches beyond a result. */
  private final long edge;
  private int firstRow;
  private int length;
  private int head;
  private int firstQuery;
  private int count;

  /**
   * @param operands queries and keys first; last the mask if not causal, and the seed if weights are left out
   * @param longest sequence
   */
  HeadWeights(CpuTensor[] operands, int heads, boolean causal, AttentionDropout dropout, KernelSite site, int longest) {
    this.heads = heads;
    this.causal = causal;
    this.dropout = dropout;
    this.query = operands[0];
    this.keys = F32MatrixRows.ofHeads(operands[1], heads);
    int last = operands.length - 1;
    this.seed = dropout.draws() ? operands[last] : null;
    this.mask = causal ? null : operands[dropout.draws() ? last - 1 : last];
    this.keySize = query.width() / heads;
    this.scale = (float) (1 / Math.sqrt(keySize));
    this.queries = new TileRows(QUERIES, keySize, site);
    this.keyColumns = new TilePanels(keySize, longest, site);
    this.weights = new TileRows(QUERIES, longest, site);
    this.visible = causal ? 0 : site.share(4L * longest);
    this.factors = dropout.draws() ? site.share(4L * longest) : 0;
    this.edge = site.share(4L * Math.max(TILE.rows, WindowTile.ROWS) * COLUMNS);
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
    keyColumns.layTransposed(keys[head], firstRow, length, keySize);
    for (int t = 0; !causal && t < length; t++) {
      Memory.setFloat(visible + 4L * t, Memory.getInt(mask.address() + 4L * (firstRow + t)) == 0 ? 0 : 1);
    }
  }

  /** Goes to a group of queries and makes their scores, of which {@link #weigh} makes weights. */
  void score(int first, int count) {
    this.firstQuery = first;
    this.count = count;
    gather(query, scale, queries);
    multiply(queries, keySize, keyColumns, weights);
  }

  /** Lays out the head's part of the group's rows, multiplied by a factor. */
  void gather(CpuTensor rows, float factor, TileRows to) {
    int size = rows.width() / heads;
    for (int i = 0; i < count; i++) {
      to.set(i, factor, rows.address() + 4L * ((long) (firstRow + firstQuery + i) * heads + head) * size, size);
    }
  }

  /** Writes the products of rows of the group with the columns of the keys that they see. */
  void multiply(TileRows rows, int terms, TilePanels keys, TileRows to) {
    for (int column = 0; column < seen(count - 1); column += COLUMNS) {
      for (int row = firstSeeing(column) / TILE.rows * TILE.rows; row < count; row += TILE.rows) {
        rows.multiply(row, terms, keys, column, to.at(row, column), LEFT_STRIDE);
      }
    }
  }

  /** Writes for each row of the group the sum over the keys that it sees of its factor for a key, times what the key has. */
  void sumOverKeys(TileRows factors, TilePanels keys, int columns, long to, long stride) {
    for (int column = 0; column < columns; column += COLUMNS) {
      for (int row = 0; row < count; row += TILE.rows) {
        int height = Math.min(TILE.rows, count - row);
        int width = Math.min(COLUMNS, columns - column);
        boolean whole = height == TILE.rows && width == COLUMNS;
        int fours = Math.ceilDiv(seen(row + height - 1), 4) * 4;
        long target = to + row * stride + 4L * column;
        factors.multiply(row, fours, keys, column, whole ? target : edge, whole ? stride : 4L * COLUMNS);
        for (int i = 0; !whole && i < height; i++) {
          Floats.copy(edge + 4L * i * COLUMNS, target + i * stride, width);
        }
      }
    }
  }

  /**
   * Writes for each key that the group sees the sum over its queries of a query's factor for the key, times what the query has; added to that of
   * earlier groups. Both have zeros behind an odd number of queries.
   */
  void sumOverQueries(TileRows factors, TilePanels queries, int columns, long to, long stride) {
    int keys = seen(count - 1);
    for (int column = 0; column < columns; column += COLUMNS) {
      for (int key = 0; key < keys; key += WindowTile.ROWS) {
        int height = Math.min(WindowTile.ROWS, keys - key);
        int width = Math.min(COLUMNS, columns - column);
        boolean whole = height == WindowTile.ROWS && width == COLUMNS;
        boolean first = causal ? key >= firstQuery : firstQuery == 0;
        int row = firstSeeing(key);
        long target = to + key * stride + 4L * column;
        factors.multiplyTransposed(key, row, count - row, queries, column, first || !whole ? WindowTile.ZEROS : target,
            first || !whole ? 0 : stride, whole ? target : edge, whole ? stride : 4L * COLUMNS);
        for (int i = 0; !whole && i < height; i++) {
          if (first) {
            Floats.copy(edge + 4L * i * COLUMNS, target + i * stride, width);
          } else {
            Elements.add(edge + 4L * i * COLUMNS, target + i * stride, target + i * stride, width);
          }
        }
      }
    }
  }

  /** The first query of the group that sees a key. */
  private int firstSeeing(int key) {
    return causal ? Math.max(0, key - firstQuery) : 0;
  }

  /** How many keys a query of the group sees. */
  int seen(int query) {
    return causal ? firstQuery + query + 1 : length;
  }

  /** Makes weights of a query's scores. */
  void weigh(int query) {
    float factor = 1 / exponentiate(query);
    for (int key = 0; key < seen(query); key += BLOCK) {
      Floats.multiply(factor, weights.at(query, key), weights.at(query, key), wholeVectors(query, key));
    }
  }

  /** Makes exponentials of a query's scores: its weights, but for their sum, which is returned. */
  float exponentiate(int query) {
    int seen = seen(query);
    if (!causal) {
      hideScores(query, seen);
    }
    // Whole vectors throughout: the floats of a last part, one by one, take as long as the vectors of a short row.
    Floats.fill(Float.NEGATIVE_INFINITY, weights.at(query, seen), LANES);
    float largest = Float.NEGATIVE_INFINITY;
    for (int key = 0; key < seen; key += BLOCK) {
      largest = Math.max(largest, Floats.largest(weights.at(query, key), wholeVectors(query, key)));
    }
    float total = 0;
    for (int key = 0; key < seen; key += BLOCK) {
      total += Exponential.ofDifferences(weights.at(query, key), weights.at(query, key), wholeVectors(query, key), largest);
    }
    weights.clear(query, seen, seen + COLUMNS);
    return total;
  }

  /** How many keys a query sees of the block that begins with one, in whole vectors; weights behind those that it sees are 0. */
  int wholeVectors(int query, int firstKey) {
    return Math.min(BLOCK, Math.ceilDiv(seen(query) - firstKey, LANES) * LANES);
  }

  private void hideScores(int query, int seen) {
    for (int key = 0; key < seen; key++) {
      if (Memory.getFloat(visible + 4L * key) == 0) {
        Memory.setFloat(weights.at(query, key), HIDDEN);
      }
    }
  }

  /** Multiplies what belongs to the keys of a query by 0 where they are hidden. */
  void hide(int query, TileRows rows) {
    if (!causal) {
      multiply(visible, query, rows);
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
  void drop(int query, TileRows rows) {
    if (dropout.draws()) {
      multiply(factors, query, rows);
    }
  }

  private void multiply(long factors, int query, TileRows rows) {
    int seen = seen(query);
    for (int key = 0; key < seen; key += BLOCK) {
      Elements.multiply(factors + 4L * key, rows.at(query, key), rows.at(query, key), Math.min(BLOCK, seen - key));
    }
  }
}
