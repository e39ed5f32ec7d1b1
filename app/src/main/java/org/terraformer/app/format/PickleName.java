package org.terraformer.app.format;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A class or function that a pickle may name. There is a closed list of them; none is ever looked up or run, each only says what
 * is to be made of its arguments.
 *
 * @param full module and name
 */
record PickleName(String full, Kind kind) {
  private static final int LONGEST_SHOWN = 100;
  private static final String BFLOAT16 = "bfloat16";
  private static final Map<String, String> NUMBER_TYPES = Map.ofEntries(Map.entry("float16", "f2"), Map.entry("float32", "f4"),
      Map.entry("float64", "f8"), Map.entry("int8", "i1"), Map.entry("int16", "i2"), Map.entry("int32", "i4"),
      Map.entry("int64", "i8"), Map.entry("uint8", "u1"), Map.entry("uint16", "u2"), Map.entry("uint32", "u4"),
      Map.entry("uint64", "u8"), Map.entry("bool", "b1"), Map.entry("bool_", "b1"));
  private static final Map<String, Kind> ALLOWED = allowed();

  /** What calling the name makes. */
  enum Kind {
    NUMPY_ARRAY,
    /** An array of its elements' bytes, type, shape and order, as Python's protocol 5 has it. */
    NUMPY_BUFFER,
    NUMPY_DTYPE,
    NUMPY_SCALAR,
    /** An array of JAX, which pickles the numpy array that it is made of. */
    JAX_ARRAY,
    /** The class of a number type, as {@code numpy.float32}: only a word. */
    NUMBER_TYPE,
    /** Bytes from text. */
    ENCODED_BYTES,
    /** Bytes from nothing. */
    NO_BYTES,
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
          shown, String.join(", ", new TreeSet<>(ALLOWED.keySet())));
    }
    return new PickleName(full, kind);
  }

  /** The type string of a number type. */
  String numberType() {
    return NUMBER_TYPES.getOrDefault(full.substring(full.lastIndexOf('.') + 1), BFLOAT16);
  }

  private static Map<String, Kind> allowed() {
    Map<String, Kind> names = new HashMap<>();
    for (String module : List.of("numpy.core.multiarray", "numpy._core.multiarray")) {
      names.put(module + "._reconstruct", Kind.NUMPY_ARRAY);
      names.put(module + ".scalar", Kind.NUMPY_SCALAR);
    }
    names.put("numpy.core.numeric._frombuffer", Kind.NUMPY_BUFFER);
    names.put("numpy._core.numeric._frombuffer", Kind.NUMPY_BUFFER);
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
      names.put(module + ".bytes", Kind.NO_BYTES);
    }
    names.put("collections.OrderedDict", Kind.DICTIONARY);
    names.put("collections.defaultdict", Kind.DICTIONARY);
    for (String type : NUMBER_TYPES.keySet()) {
      names.put("numpy." + type, Kind.NUMBER_TYPE);
      names.put("jax.numpy." + type, Kind.NUMBER_TYPE);
    }
    names.put("ml_dtypes." + BFLOAT16, Kind.NUMBER_TYPE);
    names.put("jax.numpy." + BFLOAT16, Kind.NUMBER_TYPE);
    names.put("trax.shapes.ShapeDtype", Kind.OPAQUE);
    names.put("trax.supervised.history.History", Kind.OPAQUE);
    return Map.copyOf(names);
  }
}
