package org.terraformer.ports.tensor;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first; no axis at all is a scalar with one element. Immutable. */
public final class Shape {
  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] sizes;

  private Shape(long[] sizes) {
    this.sizes = sizes;
  }

  /**
   * A shape with these axis sizes.
   *
   * @throws IllegalArgumentException if a size is negative or the number of elements exceeds a long
   */
  public static Shape of(long... sizes) {
    if (sizes.length == 0) {
      return SCALAR;
    }
    long elements = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("Axis sizes must not be negative: " + Arrays.toString(sizes));
      }
      try {
        elements = Math.multiplyExact(elements, size);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("Too many elements for one tensor: " + Arrays.toString(sizes), e);
      }
    }
    return new Shape(sizes.clone());
  }

  public int rank() {
    return sizes.length;
  }

  /** The size of one axis; negative numbers count from the last axis, as -1. */
  public long axis(int index) {
    return sizes[index < 0 ? sizes.length + index : index];
  }

  /** The size of one axis as an int; for per-row shapes, which are always small. */
  public int intAxis(int index) {
    return Math.toIntExact(axis(index));
  }

  public long elements() {
    long elements = 1;
    for (long size : sizes) {
      elements *= size;
    }
    return elements;
  }

  /** The number of elements as an int; for per-row shapes, which are always small. */
  public int intElements() {
    return Math.toIntExact(elements());
  }

  /** The size of the innermost axis; 1 for a scalar. */
  public long columns() {
    return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
  }

  /** The number of contiguous vectors along the innermost axis. */
  public long rows() {
    long rows = 1;
    for (int i = 0; i < sizes.length - 1; i++) {
      rows *= sizes[i];
    }
    return rows;
  }

  /** This shape with another innermost axis. */
  public Shape withColumns(long columns) {
    if (sizes.length == 0) {
      return of(columns);
    }
    long[] copy = sizes.clone();
    copy[copy.length - 1] = columns;
    return new Shape(copy);
  }

  /** This shape with one more axis inside. */
  public Shape append(long size) {
    long[] copy = Arrays.copyOf(sizes, sizes.length + 1);
    copy[sizes.length] = size;
    return of(copy);
  }

  public long[] toArray() {
    return sizes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(sizes, shape.sizes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sizes);
  }

  @Override
  public String toString() {
    return Arrays.toString(sizes);
  }
}
