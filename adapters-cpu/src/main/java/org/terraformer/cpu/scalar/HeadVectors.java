package org.terraformer.cpu.scalar;

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
