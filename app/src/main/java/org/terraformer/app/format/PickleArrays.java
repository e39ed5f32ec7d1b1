package org.terraformer.app.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/** Numpy arrays in a list that was read from a pickle; their elements may still lie there. */
public final class PickleArrays {
  private static final int ALIGNMENT = 64;
  private static final int PIECE = 1 << 16;

  private final String file;
  private final List<PickleArray> arrays;

  private PickleArrays(String file, List<PickleArray> arrays) {
    this.file = file;
    this.arrays = arrays;
  }

  /**
   * @param file for messages
   * @throws InvalidInputException if an element is no array
   */
  public static PickleArrays of(String file, List<?> list) {
    List<PickleArray> arrays = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof PickleArray array)) {
        throw InvalidInputException.of("Element %d of flat_weights in %s is no array.", arrays.size(), file);
      }
      arrays.add(array);
    }
    return new PickleArrays(file, arrays);
  }

  /** What weights the arrays are. */
  public List<TensorHeader> headers() {
    List<TensorHeader> headers = new ArrayList<>();
    for (PickleArray array : arrays) {
      headers.add(NumpyArray.header(name(headers.size()), array.type(), array.shape()));
    }
    return headers;
  }

  private static String name(int index) {
    return "array " + index;
  }

  /** Whether the elements of an array are in the pickle alone, at {@link #position}. */
  public boolean isLeftInPickle(int index) {
    return arrays.get(index).data().held().isEmpty();
  }

  /** Where in the unpacked pickle the elements of an array begin. */
  public long position(int index) {
    return arrays.get(index).data().position();
  }

  /** The bytes of the elements of an array. */
  public long bytes(int index) {
    return arrays.get(index).data().size();
  }

  /**
   * An array as a weight.
   *
   * @param stream the unpacked pickle from the array's position on; not read if the elements are at hand
   */
  public Tensor tensor(int index, InputStream stream, Arena arena) throws IOException {
    PickleArray array = arrays.get(index);
    MemorySegment data = array.data().held().isPresent() ? array.data().held().get() : read(stream, array.data().size(), arena);
    return NumpyArray.of("An array of " + file, array.type(), array.shape(), array.columnMajor(), data)
        .toTensor(name(index), arena);
  }

  private static MemorySegment read(InputStream stream, long size, Arena arena) throws IOException {
    MemorySegment data = arena.allocate(size, ALIGNMENT);
    byte[] piece = new byte[PIECE];
    for (long at = 0; at < size; ) {
      int more = stream.readNBytes(piece, 0, (int) Math.min(PIECE, size - at));
      if (more == 0) {
        throw new EOFException("it is cut short");
      }
      MemorySegment.copy(piece, 0, data, ValueLayout.JAVA_BYTE, at, more);
      at += more;
    }
    return data;
  }
}
