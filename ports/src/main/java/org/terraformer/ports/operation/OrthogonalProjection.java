package org.terraformer.ports.operation;

/**
 * The random projection of Performers (Choromanski et al., 2020, section 3.3), as the reference draws it: blocks of rows at right
 * angles to each other, all of length {@code sqrt(size)}. It is always the same one: its blocks are the orthogonal factors of
 * matrices of normal numbers that JAX's generator gives for the key 0.
 */
public final class OrthogonalProjection {
  private static final int WORD_BITS = 32;
  private static final int MANTISSA_BITS = 23;
  private static final int NEWTON_STEPS = 60;

  private OrthogonalProjection() {}

  /** Rows for so many features of vectors of a size: element {@code feature * size + i}. */
  public static double[] rows(int features, int size) {
    double[] rows = new double[Math.multiplyExact(features, size)];
    int[] key = {0, 0};
    for (int first = 0; first < features; first += size) {
      int[] words = words(key, 4);
      key = new int[] {words[0], words[1]};
      double[][] factor = orthogonalFactor(normal(new int[] {words[2], words[3]}, size));
      for (int row = 0; row < Math.min(size, features - first); row++) {
        for (int i = 0; i < size; i++) {
          rows[(first + row) * size + i] = factor[i][row] * Math.sqrt(size);
        }
      }
    }
    return rows;
  }

  /** JAX pairs the first half of the counters with the second. */
  private static int[] words(int[] key, int count) {
    int half = (count + 1) / 2;
    int[] words = new int[count];
    for (int i = 0; i < half; i++) {
      int partner = i + half;
      long pair = Threefry.words(key[0], key[1], i, partner < count ? partner : 0);
      words[i] = (int) pair;
      if (partner < count) {
        words[partner] = (int) (pair >>> WORD_BITS);
      }
    }
    return words;
  }

  /** A square of normal numbers: {@code sqrt(2) erfinv(u)}, u from the upper bits of each word. */
  private static double[][] normal(int[] key, int size) {
    int[] words = words(key, size * size);
    double[][] matrix = new double[size][size];
    float least = Math.nextUp(-1f);
    for (int i = 0; i < words.length; i++) {
      float unit = (words[i] >>> WORD_BITS - MANTISSA_BITS) * 0x1p-23f;
      matrix[i / size][i % size] = quantile(Math.max(least, unit * (1 - least) + least));
    }
    return matrix;
  }

  /** The x with {@code erf(x / sqrt(2)) = u}, by Newton's method, which from 0 comes nearer from one side. */
  private static double quantile(double u) {
    double tail = 1 - Math.abs(u);
    double x = 0;
    for (int i = 0; i < NEWTON_STEPS; i++) {
      double density = Math.sqrt(2 / Math.PI) * Math.exp(-x * x / 2);
      double step = (ErrorFunction.complement(x * Math.sqrt(0.5)) - tail) / density;
      x += step;
      if (Math.abs(step) < 1e-13) {
        break;
      }
    }
    return Math.copySign(x, u);
  }

  /** Householder's reflections, with LAPACK's choice of signs; the matrix becomes the triangular factor. */
  private static double[][] orthogonalFactor(double[][] matrix) {
    int size = matrix.length;
    double[][] q = new double[size][size];
    for (int i = 0; i < size; i++) {
      q[i][i] = 1;
    }
    for (int k = 0; k < size - 1; k++) {
      double[] v = new double[size];
      double square = 0;
      for (int i = k; i < size; i++) {
        v[i] = matrix[i][k];
        square += v[i] * v[i];
      }
      v[k] += Math.copySign(Math.sqrt(square), v[k]);
      double length = square - matrix[k][k] * matrix[k][k] + v[k] * v[k];
      for (int row = 0; row < size && length > 0; row++) {
        reflectRow(q[row], v, length);
        reflectColumn(matrix, row, v, length);
      }
    }
    return q;
  }

  private static void reflectRow(double[] row, double[] v, double length) {
    double dot = 0;
    for (int i = 0; i < v.length; i++) {
      dot += row[i] * v[i];
    }
    for (int i = 0; i < v.length; i++) {
      row[i] -= 2 * dot / length * v[i];
    }
  }

  private static void reflectColumn(double[][] matrix, int column, double[] v, double length) {
    double dot = 0;
    for (int i = 0; i < v.length; i++) {
      dot += matrix[i][column] * v[i];
    }
    for (int i = 0; i < v.length; i++) {
      matrix[i][column] -= 2 * dot / length * v[i];
    }
  }
}
