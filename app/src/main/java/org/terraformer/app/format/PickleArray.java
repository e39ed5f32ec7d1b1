package org.terraformer.app.format;

import java.util.Arrays;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A numpy array of a pickle, whose elements may still lie in the pickle.
 *
 * @param type numpy's type string without byte order, as {@code f4}
 * @param columnMajor whether the first axis is the innermost in memory
 */
record PickleArray(String type, long[] shape, boolean columnMajor, PickleBytes data) {

  /**
   * @param what the array, for messages
   * @throws InvalidInputException if the type is unknown or the shape does not fit the data
   */
  static PickleArray of(String what, String type, long[] shape, boolean columnMajor, PickleBytes data) {
    if (NumpyArray.bytes(what, shape, NumpyArray.elementBytes(what, type)) != data.size()) {
      throw InvalidInputException.of("%s has %d bytes of data, which do not fit its type %s and shape %s.",
          what, data.size(), type, Arrays.toString(shape));
    }
    return new PickleArray(type, shape, columnMajor, data);
  }
}
