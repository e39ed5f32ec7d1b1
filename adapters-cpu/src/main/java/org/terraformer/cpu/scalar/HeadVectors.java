package org.terraformer.cpu.scalar;

import org.terraformer.cpu.run.Frame;

/**
 * One head's vectors in consecutive rows of a tensor.
 *
 * @param firstRow the row that is called 0
 * @param width elements of a row
 * @param offset where in a row the head's vector begins
 * @param size elements of the vector
 */
record HeadVectors(ScalarTensor tensor, long firstRow, int width, int offset, int size) {

  static HeadVectors of(ScalarTensor tensor, long firstRow, int width, int heads, int head) {
    return new HeadVectors(tensor, firstRow, width, head * (width / heads), width / heads);
  }

  /** One head's vectors at the positions of a sequence's slot: caches lie head by head, [slot][head][position][size]. */
  static HeadVectors ofCache(ScalarTensor cache, Frame frame, int sequence, int width, int heads, int head) {
    int size = width / heads;
    return new HeadVectors(cache, ((long) (frame.firstSlot() + sequence) * heads + head) * frame.limits().contextLength(), size, 0, size);
  }

  double get(int row, int i) {
    return tensor.get((firstRow + row) * width + offset + i);
  }

  void set(int row, int i, double value) {
    tensor.set((firstRow + row) * width + offset + i, value);
  }

  double dot(int row, HeadVectors other, int otherRow) {
    double dot = 0;
    for (int i = 0; i < size; i++) {
      dot += get(row, i) * other.get(otherRow, i);
    }
    return dot;
  }

  void copyTo(HeadVectors target, int row, int targetRow) {
    for (int i = 0; i < size; i++) {
      target.set(targetRow, i, get(row, i));
    }
  }
}
