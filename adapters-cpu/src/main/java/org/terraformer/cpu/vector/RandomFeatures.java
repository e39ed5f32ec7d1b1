package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.OrthogonalProjection;

/**
 * The exponentials that random features of softmax are made of: the vectors of all rows and heads times the projection are one
 * {@link MatrixProduct}. An item is a vector, {@code row * heads + head}; a group is the items that share a largest product, those of one
 * head of a sequence or each by itself, and is one worker's.
 */
final class RandomFeatures {
  final int count;
  final int size;
  /** The projection's rows, one after another. */
  final long projection;

  private final int heads;
  private final boolean overRows;
  private final long x;
  private final long products;
  private final MatrixProduct product;

  /**
   * @param count of features
   * @param products room for a float for each feature of each item of a run
   */
  RandomFeatures(int heads, int count, boolean overRows, CpuTensor x, long products, KernelSite site) {
    this.heads = heads;
    this.count = count;
    this.size = x.width() / heads;
    this.overRows = overRows;
    this.x = x.address();
    this.products = products;
    double[] rows = OrthogonalProjection.rows(count, size);
    this.projection = site.allocate(4L * rows.length);
    for (int i = 0; i < rows.length; i++) {
      Memory.setFloat(projection + 4L * i, (float) rows[i]);
    }
    this.product = MatrixProduct.rightTransposed(
        new F32MatrixRows(this.x, 4L * size), new F32MatrixRows(projection, 4L * size), ResultRows.fromZero(products, 4L * count));
  }

  /** Bytes that a worker needs to multiply and for the exponentials of one item. */
  long scratchBytes() {
    return Math.max(MatrixProduct.SCRATCH_BYTES, 4L * (count + Species.LANES));
  }

  /** Computes a worker's share of all products. */
  void multiply(Frame frame, int worker, int workers) {
    product.run(items(frame), count, size, worker, workers, frame.scratch());
  }

  int items(Frame frame) {
    return frame.rows() * heads;
  }

  int groups(Frame frame) {
    return items(frame) / itemsOfGroup(frame);
  }

  int itemsOfGroup(Frame frame) {
    return overRows ? frame.length() : 1;
  }

  /** An item of a group. */
  long item(Frame frame, int group, int number) {
    return ((long) (group / heads) * itemsOfGroup(frame) + number) * heads + group % heads;
  }

  /** The address of an item's vector. */
  long vector(long item) {
    return x + 4 * item * size;
  }

  /** The address of an item's products. */
  long products(long item) {
    return products + 4 * item * count;
  }

  /** The first item of a group with the largest product. */
  long itemOfLargest(Frame frame, int group) {
    long best = item(frame, group, 0);
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < itemsOfGroup(frame); i++) {
      long item = item(frame, group, i);
      float largest = largest(item);
      if (largest > most) {
        most = largest;
        best = item;
      }
    }
    return best;
  }

  /** The largest product of an item. */
  float largest(long item) {
    return Floats.largest(products(item), count);
  }

  /** Writes an item's exponentials, given the largest product of its group, and anything behind them up to a whole vector. */
  void exponentials(long item, float largest, long to) {
    Floats.copy(products(item), to, count);
    Exponential.ofDifferences(to, to, count, (float) (Moments.squares(vector(item), 0, size) / 2 + largest));
  }
}
