package org.terraformer.cpu.scalar;

/** Elements one by one, as doubles or ints, whatever the storage; index 0 is the first element of the first item. */
public interface ScalarTensor {

  double get(long index);

  void set(long index, double value);

  int getInt(long index);

  void setInt(long index, int value);
}
