package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.DOUBLES;

import jdk.incubator.vector.DoubleVector;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.LshBuckets;

/**
 * Buckets of rows. Products with the rotations are made in double precision: what a product of nearly equal ones comes to decides
 * about a bucket, and no order of additions should. Rotations that are always the same are made once; drawn ones are unpacked in
 * a first phase.
 */
final class LshBucketsKernel implements CpuKernel {
  private static final int DOUBLE_LANES = DOUBLES.length();

  private final LshBuckets operation;
  private final int heads;
  private final int hashes;
  private final int columns;
  private final int size;
  private final int[] factors;
  private final int hidden;
  private final boolean ofSequence;
  private final long x;
  private final long drawn;
  private final long mask;
  private final long y;
  private final long rotations;
  private final long rowBytes;

  LshBucketsKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    this.operation = (LshBuckets) step.operation();
    this.heads = operation.heads();
    this.hashes = operation.hashes();
    this.columns = operation.columns();
    this.size = operands[0].width() / heads;
    this.factors = operation.factors().stream().mapToInt(Integer::intValue).toArray();
    this.hidden = operation.buckets();
    this.ofSequence = operation.drawn() && operands[1].value().extent() == Extent.SEQUENCE;
    this.x = operands[0].address();
    this.drawn = operation.drawn() ? operands[1].address() : 0;
    this.mask = operation.masked() ? operands[operands.length - 1].address() : 0;
    this.y = result.address();
    // Whole vectors are read, so the last row is followed by room for one.
    this.rowBytes = 8L * hashes * columns;
    this.rotations = site.allocate((ofSequence ? site.limits().sequences() : 1) * heads * size * rowBytes + 8L * DOUBLE_LANES);
    if (!operation.drawn()) {
      for (long i = 0; i < (long) heads * size * hashes * columns; i++) {
        Memory.setDouble(rotations + 8 * i, operation.rotation(i));
      }
    }
  }

  @Override
  public int phases(Frame frame) {
    return operation.drawn() ? 2 : 1;
  }

  @Override
  public long scratchBytes() {
    return rowBytes + 8L * DOUBLE_LANES;
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 0 && operation.drawn()) {
      int elements = (ofSequence ? frame.sequences() : 1) * heads * size * hashes * columns;
      for (int i = Share.from(elements, worker, workers); i < Share.to(elements, worker, workers); i++) {
        Memory.setDouble(rotations + 8L * i, Memory.getFloat(drawn + 4L * i));
      }
      return;
    }
    int items = frame.rows() * heads;
    for (int item = Share.from(items, worker, workers); item < Share.to(items, worker, workers); item++) {
      hash(frame, item, frame.scratch());
    }
  }

  /** One head of one row. */
  private void hash(Frame frame, int item, long products) {
    int row = item / heads;
    long out = y + 4L * item * hashes;
    if (mask != 0 && Memory.getInt(mask + 4L * row) == 0) {
      for (int hash = 0; hash < hashes; hash++) {
        Memory.setInt(out + 4L * hash, hidden);
      }
      return;
    }
    int sequence = ofSequence ? row / frame.length() : 0;
    multiply(x + 4L * item * size, rotations + ((long) sequence * heads + item % heads) * size * rowBytes, products);
    for (int hash = 0; hash < hashes; hash++) {
      Memory.setInt(out + 4L * hash, bucket(products + 8L * hash * columns));
    }
  }

  private void multiply(long vector, long table, long to) {
    for (int column = 0; column < hashes * columns; column += DOUBLE_LANES) {
      DoubleVector sum = DoubleVector.zero(DOUBLES);
      for (int i = 0; i < size; i++) {
        DoubleVector row = DoubleVector.fromMemorySegment(DOUBLES, ALL, table + i * rowBytes + 8L * column, ORDER);
        sum = row.fma(DoubleVector.broadcast(DOUBLES, Memory.getFloat(vector + 4L * i)), sum);
      }
      sum.intoMemorySegment(ALL, to + 8L * column, ORDER);
    }
  }

  private int bucket(long products) {
    int bucket = 0;
    int digit = 1;
    long first = products;
    for (int factor : factors) {
      bucket += digit * largest(first, factor / 2);
      digit *= factor;
      first += 8L * (factor / 2);
    }
    return bucket;
  }

  /** Where the first largest of some numbers and, behind them, their negatives is. */
  private static int largest(long numbers, int count) {
    int best = 0;
    double most = Memory.getDouble(numbers);
    for (int i = 1; i < count; i++) {
      double number = Memory.getDouble(numbers + 8L * i);
      if (number > most) {
        most = number;
        best = i;
      }
    }
    for (int i = 0; i < count; i++) {
      double number = -Memory.getDouble(numbers + 8L * i);
      if (number > most) {
        most = number;
        best = count + i;
      }
    }
    return best;
  }
}
