package org.terraformer.cpu.scalar;

import org.terraformer.ports.tensor.BFloat16;

/** Elements in a heap array of doubles, rounded as they are stored. */
final class ScalarArray implements ScalarTensor {

  /** What a stored element is rounded to. */
  enum Rounding {
    /** Kept as a double. */
    NONE,
    F32,
    BF16
  }

  /** As many as Java's arrays have on every machine. */
  static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  private final double[] values;
  private final Rounding rounding;

  ScalarArray(int elements, Rounding rounding) {
    this.values = new double[elements];
    this.rounding = rounding;
  }

  @Override
  public double get(long index) {
    return values[(int) index];
  }

  @Override
  public void set(long index, double value) {
    values[(int) index] = switch (rounding) {
      case NONE -> value;
      case F32 -> (float) value;
      case BF16 -> BFloat16.toFloat(BFloat16.fromFloat((float) value));
    };
  }

  @Override
  public int getInt(long index) {
    return (int) values[(int) index];
  }

  @Override
  public void setInt(long index, int value) {
    values[(int) index] = value;
  }

  void copy(int from, int to, int elements) {
    System.arraycopy(values, from, values, to, elements);
  }
}
