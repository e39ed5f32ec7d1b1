package org.terraformer.app.trax;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** The arrays that a checkpoint has beside those that the weights of a model need. */
record ArrayMatch(String origin, List<TensorHeader> arrays, List<TraxWeight> weights) {

  /**
   * The weights as they will be, in their order.
   *
   * @param unused how many arrays may follow the last weight
   * @throws InvalidInputException naming the first array that is missing, has another shape than its weight, or is too many
   */
  List<TensorHeader> headers(int unused) {
    List<TensorHeader> headers = new ArrayList<>();
    int next = 0;
    for (TraxWeight weight : weights) {
      DType dtype = null;
      for (Shape needed : weight.arrays()) {
        TensorHeader array = array(next++, weight, needed);
        if (dtype != null && dtype != array.dtype()) {
          throw InvalidInputException.of(
              "Array %d of %s has the type %s, but the array before it, which belongs to the same weight %s, has %s.",
              next - 1, origin, array.dtype(), weight.name(), dtype);
        }
        dtype = array.dtype();
      }
      headers.add(new TensorHeader(weight.name(), dtype, weight.shape()));
    }
    if (arrays.size() != next && arrays.size() != next + unused) {
      throw InvalidInputException.of(
          "%s holds %d arrays, but the configured model needs %d; array %d, the first that no weight needs, has shape %s.",
          origin, arrays.size(), next, next, arrays.get(next).shape());
    }
    return headers;
  }

  private TensorHeader array(int index, TraxWeight weight, Shape needed) {
    if (index >= arrays.size()) {
      throw InvalidInputException.of("%s holds %d arrays, but the configured model needs %d; the first that is missing, array "
          + "%d, is for the weight %s and has shape %s.", origin, arrays.size(), needed(), index, weight.name(), needed);
    }
    TensorHeader array = arrays.get(index);
    if (!fits(array.shape(), needed)) {
      throw InvalidInputException.of("Array %d of %s has shape %s, but the configured model needs %s there, for the weight %s; "
          + "the checkpoint holds %d arrays and the model needs %d.",
          index, origin, array.shape(), needed, weight.name(), arrays.size(), needed());
    }
    if (array.dtype() != DType.F32 && array.dtype() != DType.F16 && array.dtype() != DType.BF16) {
      throw InvalidInputException.of("Array %d of %s has type %s but weights must be F32, F16 or BF16.", index, origin, array.dtype());
    }
    return array;
  }

  private int needed() {
    return weights.stream().mapToInt(weight -> weight.arrays().size()).sum();
  }

  /** Axes of size 1 do not count, and an axis may be split in several that lie side by side, or made of such. */
  private static boolean fits(Shape array, Shape needed) {
    long[] first = withoutOnes(array);
    long[] second = withoutOnes(needed);
    int i = 0;
    int j = 0;
    while (i < first.length && j < second.length) {
      int from = i;
      int to = j;
      long left = first[i++];
      long right = second[j++];
      while (left != right && (left < right ? i < first.length : j < second.length)) {
        if (left < right) {
          left *= first[i++];
        } else {
          right *= second[j++];
        }
      }
      if (left != right || i - from > 1 && j - to > 1) {
        return false;
      }
    }
    return i == first.length && j == second.length;
  }

  private static long[] withoutOnes(Shape shape) {
    return Arrays.stream(shape.toArray()).filter(size -> size != 1).toArray();
  }
}
