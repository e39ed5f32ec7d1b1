package org.terraformer.app.format;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A byte string of a pickle. A long one, as the elements of an array are, is passed over and left where it is, so that a pickle
 * may be larger than memory.
 *
 * @param position where the bytes begin in the pickle
 * @param held the bytes themselves, unless they were left in the pickle
 */
record PickleBytes(long position, long size, Optional<MemorySegment> held) {

  static PickleBytes of(byte[] bytes) {
    return new PickleBytes(-1, bytes.length, Optional.of(MemorySegment.ofArray(bytes)));
  }
}
