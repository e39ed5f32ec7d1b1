package org.terraformer.ports.kernel;

import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.tensor.DType;

/** The checks that operations make on their operands while they are recorded. */
public final class Operands {
  private Operands() {}

  public static void count(List<Value> operands, int expected) {
    if (operands.size() != expected) {
      throw new ShapeException("needs %d operands but got %d".formatted(expected, operands.size()));
    }
  }

  public static void check(boolean holds, String sentence, Object... values) {
    if (!holds) {
      throw new ShapeException(sentence.formatted(values));
    }
  }

  public static void type(Value value, DType expected) {
    check(value.dtype() == expected, "needs %s of type %s", value, expected);
  }

  public static void kind(Value value, Value.Kind... allowed) {
    check(Arrays.asList(allowed).contains(value.kind()), "needs %s to be one of %s but it is %s",
        value, Arrays.toString(allowed), value.kind());
  }

  /** A matrix: a weight, or one F32 matrix that was computed. */
  public static void matrix(Value value) {
    check(value.kind() == Value.Kind.MATRIX
        || value.kind() == Value.Kind.RESULT && value.dtype() == DType.F32 && value.extent() == Extent.FIXED,
        "needs a matrix but got %s, which is %s of %s", value, value.kind(), value.extent());
  }

  public static void shape(Value value, long... expected) {
    check(Arrays.equals(value.shape().toArray(), expected), "needs %s to have shape %s", value, Arrays.toString(expected));
  }

  public static void elements(Value value, long expected) {
    check(value.shape().elements() == expected, "needs %s to have %d elements", value, expected);
  }

  public static void sameExtent(Value first, Value second) {
    check(first.extent() == second.extent(), "needs %s and %s to have as many items but they are %s and %s",
        first, second, first.extent(), second.extent());
  }

  /** Rows or kept rows: what operations without memory may work on. */
  public static void perRow(Value value) {
    check(value.extent() == Extent.ROW || value.extent() == Extent.KEPT_ROW || value.extent() == Extent.SEQUENCE
            || value.extent() == Extent.PART,
        "needs %s to have an item for each row but it is %s", value, value.extent());
  }

  /** The start positions of the sequences: an I32 scalar for each sequence. */
  public static void startPositions(Value value) {
    type(value, DType.I32);
    check(value.extent() == Extent.SEQUENCE && value.shape().elements() == 1,
        "needs the start position of each sequence but got %s", value);
  }
}
