package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;

/**
 * Cached keys and values, head by head, [slot][head][position][size], so that what a query reads of a head is contiguous; F32 or BF16.
 */
final class AttentionCache {
  private final int heads;
  private final int context;
  private final int keySize;
  private final int valueSize;
  private final boolean halves;
  private final long newKeys;
  private final long newValues;
  private final long starts;
  private final long keys;
  private final long values;

  /**
   * @param operands of a causal attention
   */
  AttentionCache(CpuTensor[] operands, int heads, int context) {
    this.heads = heads;
    this.context = context;
    this.keySize = operands[1].width() / heads;
    this.valueSize = operands[2].width() / heads;
    this.halves = operands[4].dtype() == DType.BF16;
    this.newKeys = operands[1].address();
    this.newValues = operands[2].address();
    this.starts = operands[3].address();
    this.keys = operands[4].address();
    this.values = operands[5].address();
  }

  int keySize() {
    return keySize;
  }

  int valueSize() {
    return valueSize;
  }

  boolean halves() {
    return halves;
  }

  /** The position of the first new row of a sequence. */
  int start(int sequence) {
    return Memory.getInt(starts + 4L * sequence);
  }

  /** The row, of all keys or all values, at position 0 of a head. */
  long firstRow(Frame frame, int sequence, int head) {
    return ((long) (frame.firstSlot() + sequence) * heads + head) * context;
  }

  long keyAddress(long row) {
    return keys + row * keySize * bytes();
  }

  long valueAddress(long row) {
    return values + row * valueSize * bytes();
  }

  MatrixRows keyRows() {
    return halves ? new Bf16MatrixRows(keys, 2L * keySize) : new F32MatrixRows(keys, 4L * keySize);
  }

  MatrixRows valueRows() {
    return halves ? new Bf16MatrixRows(values, 2L * valueSize) : new F32MatrixRows(values, 4L * valueSize);
  }

  /** Writes a worker's share of the keys and values of the run's rows. */
  void store(Frame frame, int worker, int workers) {
    int items = frame.rows() * heads;
    for (int item = Share.from(items, worker, workers); item < Share.to(items, worker, workers); item++) {
      store(frame, item / heads / frame.length(), item / heads % frame.length(), item % heads);
    }
  }

  /** Writes one head's key and value of the new row t of a sequence. */
  void store(Frame frame, int sequence, int t, int head) {
    long item = ((long) sequence * frame.length() + t) * heads + head;
    long row = firstRow(frame, sequence, head) + start(sequence) + t;
    store(newKeys + 4L * item * keySize, keyAddress(row), keySize);
    store(newValues + 4L * item * valueSize, valueAddress(row), valueSize);
  }

  private void store(long from, long to, int size) {
    if (!halves) {
      Floats.copy(from, to, size);
      return;
    }
    for (int i = 0; i < size; i++) {
      Memory.setShort(to + 2L * i, BFloat16.fromFloat(Memory.getFloat(from + 4L * i)));
    }
  }

  private int bytes() {
    return halves ? 2 : 4;
  }
}
