package org.terraformer.app.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes what the names of a pickle stand for, out of plain values. A value of the wrong kind ends in a ClassCastException. */
final class PickleObjects {
  private final PickleInput in;

  PickleObjects(PickleInput in) {
    this.in = in;
  }

  /** A numpy type, which a pickle makes before it says the byte order. */
  private record Type(String name) {}

  /** A numpy array whose type, shape and elements come after it has been made. */
  private static final class Unfinished {
    private NumpyArray array;
  }

  /** What calling a name with arguments makes. */
  Object call(Object callable, List<Object> arguments) {
    if (!(callable instanceof PickleName name)) {
      throw in.malformed("calls something that is not a name");
    }
    return switch (name.kind()) {
      case NUMPY_ARRAY -> new Unfinished();
      case NUMPY_DTYPE -> type(arguments.getFirst());
      case NUMPY_SCALAR -> NumpyArray.of("A scalar of " + in.file(), ((Type) arguments.get(0)).name, new long[0], false,
          memory(arguments.get(1)));
      case JAX_ARRAY -> {
        Object array = call(arguments.get(0), list(arguments.get(1)));
        build(array, arguments.get(2));
        yield array;
      }
      case ENCODED_BYTES -> ByteBuffer.wrap(((String) arguments.getFirst()).getBytes(StandardCharsets.ISO_8859_1));
      case LIST -> arguments.isEmpty() ? new ArrayList<>() : new ArrayList<>(list(arguments.getFirst()));
      case SET -> {
        Set<Object> set = new LinkedHashSet<>();
        if (!arguments.isEmpty()) {
          list(arguments.getFirst()).forEach(item -> set.add(key(item)));
        }
        yield set;
      }
      case DICTIONARY -> new LinkedHashMap<>();
      case INSTANCE -> call(arguments.getFirst(), List.of());
      case OPAQUE -> new PickleReader.Opaque(name.full());
      case NUMBER_TYPE, OBJECT -> throw in.malformed("calls " + name.full() + ", which can't be called");
    };
  }

  private static Type type(Object argument) {
    return new Type(argument instanceof PickleName name && name.kind() == PickleName.Kind.NUMBER_TYPE ? "bfloat16" : (String) argument);
  }

  /** Gives an object the state that follows it in the pickle. */
  void build(Object target, Object state) {
    switch (target) {
      case Type type -> {
        if (">".equals(list(state).get(1))) {
          throw in.malformed("has big-endian numbers, which are not supported,");
        }
      }
      case Unfinished unfinished -> {
        List<Object> parts = list(state);
        int first = parts.size() == 5 ? 1 : 0;
        long[] shape = list(parts.get(first)).stream().mapToLong(size -> (Long) size).toArray();
        unfinished.array = NumpyArray.of("An array of " + in.file(), ((Type) parts.get(first + 1)).name, shape,
            (Boolean) parts.get(first + 2), memory(parts.get(first + 3)));
      }
      case Map<?, ?> _ -> { }
      case PickleReader.Opaque _ -> { }
      case null, default -> throw in.malformed("sets the state of something that has none");
    }
  }

  void putAll(Object target, List<Object> items) {
    Map<Object, Object> map = map(target);
    for (int i = 0; i + 1 < items.size(); i += 2) {
      map.put(key(items.get(i)), items.get(i + 1));
    }
  }

  void addAll(Set<Object> set, List<Object> items) {
    items.forEach(item -> set.add(key(item)));
  }

  /** Keys are plain values, so that hashing them can neither fail nor run long; tuples become their text. */
  private Object key(Object key) {
    return switch (key) {
      case null -> "None";
      case String s -> s;
      case Long l -> l;
      case Boolean b -> b;
      case Double d -> d;
      case List<?> tuple when tuple.stream().allMatch(item -> item instanceof String || item instanceof Number) -> tuple.toString();
      default -> throw in.malformed("has a dictionary key that is not a plain value");
    };
  }

  /** The object of a pickle that has come to its end: every array in its place. */
  static Object finished(Object root) {
    ArrayDeque<Object> open = new ArrayDeque<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    visit(root, open);
    while (!open.isEmpty()) {
      Object container = open.poll();
      if (seen.add(container)) {
        if (container instanceof ArrayList<?>) {
          list(container).replaceAll(PickleObjects::array);
          list(container).forEach(item -> visit(item, open));
        } else if (container instanceof Map<?, ?>) {
          map(container).replaceAll((key, value) -> array(value));
          map(container).values().forEach(item -> visit(item, open));
        }
      }
    }
    return array(root);
  }

  private static void visit(Object value, ArrayDeque<Object> open) {
    if (value instanceof List<?> || value instanceof Map<?, ?>) {
      open.add(value);
    }
  }

  private static Object array(Object value) {
    return value instanceof Unfinished unfinished && unfinished.array != null ? unfinished.array : value;
  }

  private static MemorySegment memory(Object bytes) {
    return MemorySegment.ofBuffer((ByteBuffer) bytes);
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static Map<Object, Object> map(Object value) {
    return (Map<Object, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static Set<Object> set(Object value) {
    return (Set<Object>) value;
  }
}
