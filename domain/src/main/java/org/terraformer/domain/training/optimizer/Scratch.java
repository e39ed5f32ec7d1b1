package org.terraformer.domain.training.optimizer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A thread's working memory for updates. Tensors are copied in and out in tiles that stay in the nearest cache: loops over arrays that
 * share one index are compiled to vector instructions, loops over several off-heap segments are not.
 */
public final class Scratch {
  static final int TILE = 2048;

  final float[] weight = new float[TILE];
  final float[] gradient = new float[TILE];
  final float[] first = new float[TILE];
  final float[] second = new float[TILE];
  final double[] squares = new double[TILE];

  /** Memory for one thread. */
  public Scratch() {}

  static void load(MemorySegment source, long from, float[] tile, int count) {
    MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, from * Float.BYTES, tile, 0, count);
  }

  /** Loads and multiplies; a scale of 1 changes no bit. */
  static void load(MemorySegment source, long from, float[] tile, int count, float scale) {
    load(source, from, tile, count);
    if (scale != 1) {
      for (int i = 0; i < count; i++) {
        tile[i] *= scale;
      }
    }
  }

  static void store(float[] tile, MemorySegment target, long at, int count) {
    MemorySegment.copy(tile, 0, target, ValueLayout.JAVA_FLOAT_UNALIGNED, at * Float.BYTES, count);
  }

  /** Adds the squares element by element, which is compiled to vector instructions as one sum of them all is not. */
  static void addSquares(float[] values, double[] squares, int count) {
    for (int i = 0; i < count; i++) {
      squares[i] += (double) values[i] * values[i];
    }
  }

  /** The sum of the squares in double precision, in four independent chains. */
  static double sumOfSquares(float[] values, int from, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int end = from + count;
    int i = from;
    for (; i + 3 < end; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (; i < end; i++) {
      a += (double) values[i] * values[i];
    }
    return (a + b) + (c + d);
  }
}
