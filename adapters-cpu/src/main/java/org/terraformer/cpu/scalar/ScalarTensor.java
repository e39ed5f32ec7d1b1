package org.terraformer.cpu.scalar;

/** Elements one by one, as doubles or ints, whatever the storage; index 0 is the first element of the first item. */
public interface ScalarTensor {

  double get(long index);

  void set(long index, double value);

  /** Reads elements that lie side by side. */
  default void read(long index, double[] destination) {
    for (int i = 0; i < destination.length; i++) {
      destination[i] = get(index + i);
    }
  }

  int getInt(long index);

  void setInt(long index, int value);
}
