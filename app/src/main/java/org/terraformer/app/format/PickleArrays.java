package org.terraformer.app.format;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/** Numpy arrays in a list that was read from a pickle. */
public final class PickleArrays {
  private final List<NumpyArray> arrays;

  private PickleArrays(List<NumpyArray> arrays) {
    this.arrays = arrays;
  }

  /**
   * @param file for messages
   * @throws InvalidInputException if an element is no array
   */
  public static PickleArrays of(String file, List<?> list) {
    List<NumpyArray> arrays = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof NumpyArray array)) {
        throw InvalidInputException.of("Element %d of flat_weights in %s is no array.", arrays.size(), file);
      }
      arrays.add(array);
    }
    return new PickleArrays(arrays);
  }

  public int size() {
    return arrays.size();
  }

  /** What weight an array is. */
  public TensorHeader header(int index) {
    return arrays.get(index).header("array " + index);
  }

  /** An array as a weight. */
  public Tensor tensor(int index, Arena arena) {
    return arrays.get(index).toTensor("array " + index, arena);
  }
}
