package org.terraformer.app.format;

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
import org.terraformer.ports.failure.InvalidInputException;

/** Makes what the names of a pickle stand for, out of plain values. A value of the wrong kind ends in a ClassCastException. */
final class PickleObjects {
  private static final int REFERENCE = 16;
  private static final int ENTRY = 96;
  private static final int MOST_AXES = 64;

  private final PickleInput in;

  PickleObjects(PickleInput in) {
    this.in = in;
  }

  /** A numpy type, which a pickle makes before it says the byte order. */
  private record Type(String name) {}

  /** A numpy array whose type, shape and elements come after it has been made. */
  private static final class Unfinished {
    private PickleArray array;
  }

  /** What calling a name with arguments makes. */
  Object call(Object callable, List<Object> arguments) {
    if (!(callable instanceof PickleName name)) {
      throw in.malformed("calls something that is not a name");
    }
    return switch (name.kind()) {
      case NUMPY_ARRAY -> new Unfinished();
      case NUMPY_DTYPE -> type(arguments.getFirst());
      case NUMPY_SCALAR -> PickleArray.of("A scalar of " + in.file(), typeName(arguments.get(0)), new long[0], false,
          bytes(arguments.get(1)));
      case NUMPY_BUFFER -> PickleArray.of("An array of " + in.file(), typeName(arguments.get(1)), shape(arguments.get(2)),
          "F".equals(arguments.get(3)), bytes(arguments.get(0)));
      case JAX_ARRAY -> jaxArray(arguments);
      case ENCODED_BYTES -> bytes(arguments.getFirst());
      case NO_BYTES -> PickleBytes.of(new byte[0]);
      case LIST -> {
        List<Object> items = arguments.isEmpty() ? List.of() : list(arguments.getFirst());
        in.charge((long) REFERENCE * items.size());
        yield new ArrayList<>(items);
      }
      case SET -> {
        Set<Object> set = new LinkedHashSet<>();
        addAll(set, arguments.isEmpty() ? List.of() : list(arguments.getFirst()));
        yield set;
      }
      case DICTIONARY -> new LinkedHashMap<>();
      case INSTANCE -> call(arguments.getFirst(), List.of());
      case OPAQUE -> new PickleReader.Opaque(name.full());
      case NUMBER_TYPE, OBJECT -> throw in.malformed("calls " + name.full() + ", which can't be called");
    };
  }

  /** An array of JAX holds how the numpy array that it is made of is made: nothing else, and nothing within it again. */
  private Object jaxArray(List<Object> arguments) {
    if (!(arguments.get(0) instanceof PickleName name) || name.kind() != PickleName.Kind.NUMPY_ARRAY) {
      throw in.malformed("has a JAX array that is made of no numpy array");
    }
    Unfinished array = new Unfinished();
    build(array, arguments.get(2));
    return array;
  }

  private static Type type(Object argument) {
    return new Type(argument instanceof PickleName name && name.kind() == PickleName.Kind.NUMBER_TYPE
        ? name.numberType() : (String) argument);
  }

  /** The name of a type that is given as {@code numpy.dtype} makes it, or as the class of its numbers. */
  private static String typeName(Object type) {
    return type instanceof Type made ? made.name : type((PickleName) type).name;
  }

  private long[] shape(Object sizes) {
    List<Object> axes = list(sizes);
    if (axes.size() > MOST_AXES) {
      throw in.malformed("has an array of %d axes".formatted(axes.size()));
    }
    return axes.stream().mapToLong(size -> (Long) size).toArray();
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
        unfinished.array = elements(typeName(parts.get(first + 1)), shape(parts.get(first)), (Boolean) parts.get(first + 2),
            parts.get(first + 3));
      }
      case Map<?, ?> _ -> { }
      case PickleReader.Opaque _ -> { }
      case null, default -> throw in.malformed("sets the state of something that has none");
    }
  }

  private PickleArray elements(String type, long[] shape, boolean columnMajor, Object data) {
    String what = "An array of " + in.file();
    if (data instanceof List<?>) {
      throw InvalidInputException.of("%s holds objects (numpy type %s) but only numbers can be read.", what, type);
    }
    return PickleArray.of(what, type, shape, columnMajor, bytes(data));
  }

  void putAll(Object target, List<Object> items) {
    Map<Object, Object> map = map(target);
    in.charge((long) ENTRY / 2 * items.size());
    for (int i = 0; i + 1 < items.size(); i += 2) {
      map.put(key(items.get(i)), items.get(i + 1));
    }
  }

  void addAll(Set<Object> set, List<Object> items) {
    in.charge((long) ENTRY * items.size());
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
      case List<?> tuple when tuple.stream().allMatch(item -> item instanceof String || item instanceof Number) -> text(tuple);
      default -> throw in.malformed("has a dictionary key that is not a plain value");
    };
  }

  private String text(List<?> tuple) {
    in.charge(tuple.stream().mapToLong(item -> item instanceof String text ? ENTRY + 4L * text.length() : ENTRY).sum());
    return tuple.toString();
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

  /** Byte strings, which older Pythons keep as texts of characters below 256. */
  private PickleBytes bytes(Object value) {
    if (value instanceof String text) {
      in.charge(text.length());
      return PickleBytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return (PickleBytes) value;
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
