package org.terraformer.ports.recording;

import java.util.Optional;
import org.terraformer.ports.tensor.Shape;

/**
 * Which axes of a weight an optimizer may replace by statistics of rows and of columns (Shazeer and Stern, 2018). The elements,
 * as they lie, are seen as {@code [outer, rows, between, columns, inner]}: for each outer, between and inner index they are a
 * matrix of rows and columns. It tells how a weight that this library lays out for decoding is a matrix in the reference, whose
 * optimizer takes the last two axes.
 */
public record Factoring(int outer, int rows, int between, int columns, int inner) {
  public Factoring {
    if (Math.min(Math.min(outer, rows), Math.min(between, Math.min(columns, inner))) < 1) {
      throw new IllegalArgumentException("All sizes of a factoring must be at least 1.");
    }
  }

  /** The number of elements. */
  public long elements() {
    return (long) outer * rows * between * columns * inner;
  }

  /** The last two axes of a shape; none for less than two axes. */
  public static Optional<Factoring> lastAxes(Shape shape) {
    if (shape.rank() < 2 || shape.elements() == 0) {
      return Optional.empty();
    }
    int rows = shape.intAxis(-2);
    int columns = shape.intAxis(-1);
    return Optional.of(new Factoring(Math.toIntExact(shape.elements() / rows / columns), rows, 1, columns, 1));
  }
}
