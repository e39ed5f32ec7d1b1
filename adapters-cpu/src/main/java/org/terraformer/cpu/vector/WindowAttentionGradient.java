package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;

/**
 * The gradient of attention of one head of a sequence in windows. A first pass over the windows finds for each row the logarithm
 * of its sum of exponentials and the mean of the products of values with the upstream gradient; a second one makes weights of the
 * scores again and gives every row its parts.
 */
final class WindowAttentionGradient implements HeadTask {
  private static final int TOTAL = 4;
  private static final int MEAN = 8;
  private static final int PART = 12;

  private final ChunkWindows windows;
  private final int heads;
  private final int hashes;
  private final int keySize;
  private final int valueSize;
  private final int mostRows;
  private final float scale;
  private final boolean keysAreQueries;
  private final long upstream;
  private final long result;

  /**
   * @param keysAreQueries whether what the keys get is the queries', and the keys get nothing
   * @param result the address of dq, dk and dv of all heads, row by row
   */
  WindowAttentionGradient(ChunkWindows windows, int heads, int hashes, int keySize, int valueSize, int mostRows, boolean keysAreQueries,
      long upstream, long result) {
    this.windows = windows;
    this.heads = heads;
    this.hashes = hashes;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.mostRows = mostRows;
    this.scale = (float) (1 / Math.sqrt(keySize));
    this.keysAreQueries = keysAreQueries;
    this.upstream = upstream;
    this.result = result;
  }

  /** Parts of all entries, then products, then the gradients of gathered keys and values, then one vector. */
  @Override
  public long scratchBytes() {
    return products(0) + 4L * (windows.mostKeys() * (1L + keySize + valueSize) + 2L * Species.LANES + keySize);
  }

  private long products(long scratch) {
    return scratch + windows.scratchBytes() + (long) mostRows * hashes * PART;
  }

  @Override
  public void run(Frame frame, int sequence, int head, long buckets, long scratch) {
    int length = frame.length();
    long parts = scratch + windows.scratchBytes();
    long products = products(scratch);
    windows.begin(frame, sequence, head, buckets, scratch);
    for (int row = 0; row < length; row++) {
      for (int kind = 0; kind < 3; kind++) {
        Floats.clear(gradient(frame, sequence, head, row, kind), kind < 2 ? keySize : valueSize);
      }
    }
    for (int chunk = 0; chunk < windows.chunks(); chunk++) {
      windows.gather(chunk);
      for (int place = windows.firstPlace(chunk); place < windows.endPlace(chunk); place++) {
        int entry = windows.entry(place);
        summarize(entry % length, parts + (long) entry * PART, products);
      }
    }
    for (int row = 0; row < length; row++) {
      combine(parts + (long) row * PART, (long) length * PART);
    }
    for (int chunk = 0; chunk < windows.chunks(); chunk++) {
      windows.gather(chunk);
      differentiate(frame, sequence, head, chunk, parts, products);
    }
  }

  /** The largest score of one round, its sum of weights, and the sum of weights times products. */
  private void summarize(int row, long part, long products) {
    int count = windows.count();
    long scores = windows.scores(row);
    float largest = Floats.largest(scores, count);
    Memory.setFloat(part, largest);
    Memory.setFloat(part + TOTAL, Exponential.ofDifferences(scores, scores, count, largest));
    products(row, products);
    float mean = 0;
    for (int key = 0; key < count; key++) {
      mean += Memory.getFloat(scores + 4L * key) * Memory.getFloat(products + 4L * key);
    }
    Memory.setFloat(part + MEAN, mean);
  }

  /** What the weights' gradients are: products of the values with the upstream gradient, but 0 for weights that are left out. */
  private void products(int row, long products) {
    AttentionVectors.scores(false, windows.vector(upstream, row, valueSize), 1, windows.values(), valueSize, windows.count(), products);
    windows.draw(row);
    windows.drop(products);
  }

  /**
   * Puts the rounds of a row together: the logarithm of its sum of exponentials in the place of the first largest, its mean in
   * that of the first mean.
   */
  private void combine(long part, long stride) {
    float largest = Memory.getFloat(part);
    for (int hash = 1; hash < hashes; hash++) {
      largest = Math.max(largest, Memory.getFloat(part + hash * stride));
    }
    double total = 0;
    double mean = 0;
    for (int hash = 0; hash < hashes; hash++) {
      double factor = Math.exp(Memory.getFloat(part + hash * stride) - largest);
      total += factor * Memory.getFloat(part + hash * stride + TOTAL);
      mean += factor * Memory.getFloat(part + hash * stride + MEAN);
    }
    Memory.setFloat(part, largest);
    Memory.setFloat(part + TOTAL, (float) total);
    Memory.setFloat(part + MEAN, (float) (mean / total));
  }

  private void differentiate(Frame frame, int sequence, int head, int chunk, long parts, long products) {
    int count = windows.count();
    long keyGradients = products + 4L * (windows.mostKeys() + Species.LANES);
    long valueGradients = keyGradients + 4L * windows.mostKeys() * keySize;
    long vector = valueGradients + 4L * windows.mostKeys() * valueSize;
    Floats.clear(keyGradients, count * keySize);
    Floats.clear(valueGradients, count * valueSize);
    for (int place = windows.firstPlace(chunk); place < windows.endPlace(chunk); place++) {
      int row = windows.entry(place) % frame.length();
      long part = parts + (long) row * PART;
      long weights = windows.scores(row);
      Exponential.ofDifferences(weights, weights, count, Memory.getFloat(part));
      Floats.multiply(1 / Memory.getFloat(part + TOTAL), weights, weights, count);
      products(row, products);
      float mean = Memory.getFloat(part + MEAN);
      long query = windows.query(row);
      long u = windows.vector(upstream, row, valueSize);
      for (int key = 0; key < count; key++) {
        float weight = Memory.getFloat(weights + 4L * key);
        float ds = weight * (Memory.getFloat(products + 4L * key) - mean) * scale;
        Memory.setFloat(products + 4L * key, ds);
        Floats.addMultiple(ds, query, keyGradients + 4L * key * keySize, keySize);
      }
      windows.drop(weights);
      for (int key = 0; key < count; key++) {
        Floats.addMultiple(Memory.getFloat(weights + 4L * key), u, valueGradients + 4L * key * valueSize, valueSize);
      }
      AttentionVectors.weightedSum(false, products, windows.keys(), keySize, count, vector);
      long dq = gradient(frame, sequence, head, row, 0);
      Elements.add(vector, dq, dq, keySize);
    }
    for (int key = 0; key < count; key++) {
      long dk = gradient(frame, sequence, head, windows.row(key), keysAreQueries ? 0 : 1);
      Elements.add(keyGradients + 4L * key * keySize, dk, dk, keySize);
      long dv = gradient(frame, sequence, head, windows.row(key), 2);
      Elements.add(valueGradients + 4L * key * valueSize, dv, dv, valueSize);
    }
  }

  /** Where the gradient of a row's query (0), key (1) or value (2) lies. */
  private long gradient(Frame frame, int sequence, int head, int row, int kind) {
    long width = heads * (2L * keySize + valueSize);
    long at = kind < 2 ? (long) (kind * heads + head) * keySize : 2L * heads * keySize + (long) head * valueSize;
    return result + 4 * (((long) sequence * frame.length() + row) * width + at);
  }
}
