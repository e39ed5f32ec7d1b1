package org.terraformer.app.format;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A class or function that a pickle may name. There is a closed list of them; none is ever looked up or run, each only says what is to be
 * made of its arguments.
 *
 * @param full module and name
 */
record PickleName(String full, Kind kind) {
  private static final int LONGEST_SHOWN = 100;
  private static final Map<String, Kind> ALLOWED = allowed();

  /** What calling the name makes. */
  enum Kind {
    NUMPY_ARRAY,
    NUMPY_DTYPE,
    NUMPY_SCALAR,
    /** An array of JAX, which pickles the numpy array that it is made of. */
    JAX_ARRAY,
    /** A number type that numpy does not have itself. */
    NUMBER_TYPE,
    /** Bytes from text. */
    ENCODED_BYTES,
    LIST,
    DICTIONARY,
    SET,
    /** An instance of the class that is its first argument. */
    INSTANCE,
    /** Only a word for {@link #INSTANCE}'s arguments. */
    OBJECT,
    /** Something known and harmless that nobody needs. */
    OPAQUE
  }

  /**
   * @param file for messages
   * @throws InvalidInputException if a pickle may not name this
   */
  static PickleName of(String file, String module, String name) {
    String full = module + "." + name;
    Kind kind = ALLOWED.get(full);
    if (kind == null) {
      String shown = full.length() > LONGEST_SHOWN ? full.substring(0, LONGEST_SHOWN) + "..." : full;
      throw InvalidInputException.of("The pickle %s names %s, which is not allowed; allowed are %s.", file,
          shown.replaceAll("\\p{Cntrl}", "?"), String.join(", ", new TreeSet<>(ALLOWED.keySet())));
    }
    return new PickleName(full, kind);
  }

  private static Map<String, Kind> allowed() {
    Map<String, Kind> names = new HashMap<>();
    for (String module : List.of("numpy.core.multiarray", "numpy._core.multiarray")) {
      names.put(module + "._reconstruct", Kind.NUMPY_ARRAY);
      names.put(module + ".scalar", Kind.NUMPY_SCALAR);
    }
    names.put("numpy.ndarray", Kind.NUMPY_ARRAY);
    names.put("numpy.dtype", Kind.NUMPY_DTYPE);
    names.put("jax._src.array._reconstruct_array", Kind.JAX_ARRAY);
    names.put("jax._src.device_array.reconstruct_device_array", Kind.JAX_ARRAY);
    names.put("_codecs.encode", Kind.ENCODED_BYTES);
    names.put("copyreg._reconstructor", Kind.INSTANCE);
    names.put("copy_reg._reconstructor", Kind.INSTANCE);
    for (String module : List.of("builtins", "__builtin__")) {
      names.put(module + ".list", Kind.LIST);
      names.put(module + ".tuple", Kind.LIST);
      names.put(module + ".dict", Kind.DICTIONARY);
      names.put(module + ".set", Kind.SET);
      names.put(module + ".frozenset", Kind.SET);
      names.put(module + ".object", Kind.OBJECT);
    }
    names.put("collections.OrderedDict", Kind.DICTIONARY);
    names.put("collections.defaultdict", Kind.DICTIONARY);
    names.put("ml_dtypes.bfloat16", Kind.NUMBER_TYPE);
    names.put("jax.numpy.bfloat16", Kind.NUMBER_TYPE);
    names.put("trax.shapes.ShapeDtype", Kind.OPAQUE);
    names.put("trax.supervised.history.History", Kind.OPAQUE);
    return Map.copyOf(names);
  }
}
