package org.terraformer.app.format;

import java.lang.foreign.Arena;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/** Numpy arrays in a list that was read from a pickle. */
public final class PickleArrays {
  private PickleArrays() {}

  /**
   * The arrays of a list as weights, made as they are asked for.
   *
   * @throws InvalidInputException if an element is no array
   */
  public static Iterator<Tensor> tensors(String file, List<?> list, Arena arena) {
    return IntStream.range(0, list.size()).mapToObj(index -> {
      if (!(list.get(index) instanceof NumpyArray array)) {
        throw InvalidInputException.of("Element %d of flat_weights in %s is no array.", index, file);
      }
      return array.toTensor("array " + index, arena);
    }).iterator();
  }
}
