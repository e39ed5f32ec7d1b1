package org.terraformer.app.format;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Reads pickles, protocols 0 to 5, without ever running anything: it builds lists, tuples, dictionaries, numbers, strings, bytes and
 * numpy arrays, and what stands for a few harmless classes that trax checkpoints name. Any other name in the stream is refused.
 *
 * <p>It is our own because general pickle libraries allocate what lengths in the stream ask for, and fail on malformed streams with
 * exceptions of every kind; here no length is believed before as many bytes have been seen.
 *
 * <p>Values: {@code null}, Boolean, Long, BigInteger, Double, String, {@link ByteBuffer}, {@link NumpyArray}, List (also for tuples), Set,
 * Map, {@link Opaque}.
 */
public final class PickleReader {
  private static final Object MARK = new Object();
  private static final int MOST_STEPS_PER_BYTE = 4;
  private static final String RECONSTRUCT = "numpy array";
  private static final String NDARRAY = "numpy ndarray";
  private static final String DTYPE = "numpy dtype";
  private static final String SCALAR = "numpy scalar";
  private static final String JAX_ARRAY = "jax array";
  private static final String ENCODE = "encode";
  private static final String LIST = "list";
  private static final String DICT = "dict";
  private static final String SET = "set";
  private static final String TUPLE = "tuple";
  private static final String OPAQUE = "opaque";
  private static final String OBJECT = "object";
  private static final String RECONSTRUCTOR = "reconstructor";
  private static final String NUMBER_TYPE = "number type";
  private static final Map<String, String> ALLOWED = allowed();

  private final String file;
  private final ByteBuffer in;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** An object whose class is known and harmless but not needed. */
  public record Opaque(String className) {}

  private record Global(String name, String kind) {}

  /** A numpy array or type that is still being built. */
  private static final class Builder {
    private final String kind;
    private String type = "";
    private NumpyArray array;

    private Builder(String kind) {
      this.kind = kind;
    }
  }

  private PickleReader(String file, byte[] bytes) {
    this.file = file;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the object of a pickle.
   *
   * @param file for messages
   * @throws InvalidInputException if the pickle is malformed, or names something that is not allowed
   */
  public static Object read(String file, byte[] bytes) {
    PickleReader reader = new PickleReader(file, bytes);
    try {
      return finished(reader.run());
    } catch (java.nio.BufferUnderflowException e) {
      throw new InvalidInputException("The pickle %s is cut short.".formatted(file), e);
    } catch (ClassCastException | NullPointerException | java.util.NoSuchElementException | IndexOutOfBoundsException | ArithmeticException
        | NumberFormatException
        | CharacterCodingException e) {
      // Values of the wrong kind or none at all, where the instruction needs another: the stream is at fault, whichever it was.
      throw new InvalidInputException("The pickle %s is malformed near byte %d.".formatted(file, reader.in.position()), e);
    }
  }

  private static Map<String, String> allowed() {
    Map<String, String> names = new HashMap<>();
    for (String module : List.of("numpy.core.multiarray", "numpy._core.multiarray")) {
      names.put(module + "._reconstruct", RECONSTRUCT);
      names.put(module + ".scalar", SCALAR);
    }
    names.put("numpy.ndarray", NDARRAY);
    names.put("numpy.dtype", DTYPE);
    names.put("jax._src.array._reconstruct_array", JAX_ARRAY);
    names.put("jax._src.device_array.reconstruct_device_array", JAX_ARRAY);
    names.put("_codecs.encode", ENCODE);
    names.put("copyreg._reconstructor", RECONSTRUCTOR);
    names.put("copy_reg._reconstructor", RECONSTRUCTOR);
    for (String module : List.of("builtins", "__builtin__")) {
      names.put(module + ".list", LIST);
      names.put(module + ".dict", DICT);
      names.put(module + ".set", SET);
      names.put(module + ".frozenset", SET);
      names.put(module + ".tuple", TUPLE);
      names.put(module + ".object", OBJECT);
    }
    names.put("collections.OrderedDict", DICT);
    names.put("collections.defaultdict", DICT);
    names.put("ml_dtypes.bfloat16", NUMBER_TYPE);
    names.put("jax.numpy.bfloat16", NUMBER_TYPE);
    names.put("trax.shapes.ShapeDtype", OPAQUE);
    names.put("trax.supervised.history.History", OPAQUE);
    return Map.copyOf(names);
  }

  private Object run() throws CharacterCodingException {
    long steps = 0;
    while (true) {
      if (++steps > (long) in.capacity() * MOST_STEPS_PER_BYTE) {
        throw malformed("has too many instructions");
      }
      int opcode = in.get() & 0xFF;
      switch (opcode) {
        case 0x80 -> in.get();
        case 0x95 -> in.getLong();
        case '.' -> {
          return pop();
        }
        case '(' -> stack.add(MARK);
        case '0' -> pop();
        case '1' -> popToMark();
        case '2' -> stack.add(top());
        case 'N' -> stack.add(null);
        case 0x88 -> stack.add(true);
        case 0x89 -> stack.add(false);
        case 'K' -> stack.add((long) (in.get() & 0xFF));
        case 'M' -> stack.add((long) (in.getShort() & 0xFFFF));
        case 'J' -> stack.add((long) in.getInt());
        case 'I' -> stack.add(textInteger(line()));
        case 'L' -> stack.add(new BigInteger(line().replace("L", "")).longValueExact());
        case 0x8a -> stack.add(longInteger(in.get() & 0xFF));
        case 0x8b -> stack.add(longInteger(in.getInt()));
        case 'F' -> stack.add(Double.parseDouble(line()));
        case 'G' -> stack.add(bytes(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble());
        case 'X' -> stack.add(string(in.getInt() & 0xFFFFFFFFL));
        case 0x8c -> stack.add(string(in.get() & 0xFF));
        case 0x8d -> stack.add(string(in.getLong()));
        case 'V' -> stack.add(line());
        case 'S' -> stack.add(quoted(line()));
        case 'U' -> stack.add(latin1(in.get() & 0xFF));
        case 'T' -> stack.add(latin1(in.getInt()));
        case 'C' -> stack.add(bytes(in.get() & 0xFF));
        case 'B' -> stack.add(bytes(in.getInt() & 0xFFFFFFFFL));
        case 0x8e, 0x96 -> stack.add(bytes(in.getLong()));
        case ']' -> stack.add(new ArrayList<>());
        case ')' -> stack.add(List.of());
        case '}' -> stack.add(new LinkedHashMap<>());
        case 0x8f -> stack.add(new LinkedHashSet<>());
        case 'l', 't' -> stack.add(popToMark());
        case 'd' -> {
          List<Object> items = popToMark();
          Map<Object, Object> map = new LinkedHashMap<>();
          putAll(map, items);
          stack.add(map);
        }
        case 0x85 -> stack.add(popLast(1));
        case 0x86 -> stack.add(popLast(2));
        case 0x87 -> stack.add(popLast(3));
        case 'a' -> {
          Object item = pop();
          list(top()).add(item);
        }
        case 'e' -> {
          List<Object> items = popToMark();
          list(top()).addAll(items);
        }
        case 's' -> {
          Object value = pop();
          Object key = pop();
          putAll(top(), java.util.Arrays.asList(key, value));
        }
        case 'u' -> {
          List<Object> items = popToMark();
          putAll(top(), items);
        }
        case 0x90 -> {
          List<Object> items = popToMark();
          items.forEach(item -> set(top()).add(key(item)));
        }
        case 0x91 -> {
          Set<Object> items = new LinkedHashSet<>();
          popToMark().forEach(item -> items.add(key(item)));
          stack.add(items);
        }
        case 'q' -> memo.put(in.get() & 0xFF, top());
        case 'r' -> memo.put(in.getInt(), top());
        case 'p' -> memo.put(Integer.parseInt(line()), top());
        case 0x94 -> memo.put(memo.size(), top());
        case 'h' -> stack.add(remembered(in.get() & 0xFF));
        case 'j' -> stack.add(remembered(in.getInt()));
        case 'g' -> stack.add(remembered(Integer.parseInt(line())));
        case 'c' -> stack.add(global(line(), line()));
        case 0x93 -> {
          String name = (String) pop();
          stack.add(global((String) pop(), name));
        }
        case 'R', 0x81 -> {
          List<Object> arguments = tuple(pop());
          stack.add(call(pop(), arguments));
        }
        case 0x92 -> {
          pop();
          List<Object> arguments = tuple(pop());
          stack.add(call(pop(), arguments));
        }
        case 'b' -> {
          Object state = pop();
          build(top(), state);
        }
        default -> throw malformed("has the instruction 0x%02x, which is unknown or not allowed,".formatted(opcode));
      }
    }
  }

  private Global global(String module, String name) {
    String full = module + "." + name;
    String kind = ALLOWED.get(full);
    if (kind == null) {
      String shown = full.length() > 100 ? full.substring(0, 100) + "..." : full;
      throw InvalidInputException.of("The pickle %s names %s, which is not allowed; allowed are %s.", file,
          shown.replaceAll("\\p{Cntrl}", "?"), String.join(", ", new java.util.TreeSet<>(ALLOWED.keySet())));
    }
    return new Global(full, kind);
  }

  private Object call(Object callable, List<Object> arguments) {
    if (!(callable instanceof Global global)) {
      throw malformed("calls something that is not a name");
    }
    return switch (global.kind) {
      case RECONSTRUCT, NDARRAY -> new Builder(NDARRAY);
      case DTYPE -> {
        Builder dtype = new Builder(DTYPE);
        dtype.type = arguments.getFirst() instanceof Global type && type.kind.equals(NUMBER_TYPE) ? "bfloat16" : (String) arguments.getFirst();
        yield dtype;
      }
      case SCALAR -> NumpyArray.of("A scalar of " + file, ((Builder) arguments.get(0)).type, new long[0], false, buffer(arguments.get(1)));
      case JAX_ARRAY -> {
        Object array = call(arguments.get(0), tuple(arguments.get(1)));
        build(array, arguments.get(2));
        yield array;
      }
      case ENCODE -> ByteBuffer.wrap(((String) arguments.getFirst()).getBytes(StandardCharsets.ISO_8859_1));
      case LIST, TUPLE -> arguments.isEmpty() ? new ArrayList<>() : new ArrayList<>(list(arguments.getFirst()));
      case SET -> {
        Set<Object> set = new LinkedHashSet<>();
        if (!arguments.isEmpty()) {
          list(arguments.getFirst()).forEach(item -> set.add(key(item)));
        }
        yield set;
      }
      case DICT -> new LinkedHashMap<>();
      case RECONSTRUCTOR -> call(arguments.getFirst(), List.of());
      case OPAQUE -> new Opaque(global.name);
      default -> throw malformed("calls " + global.name + ", which can't be called");
    };
  }

  private void build(Object target, Object state) {
    if (target instanceof Builder builder && builder.kind.equals(DTYPE)) {
      if (">".equals(tuple(state).get(1))) {
        throw malformed("has big-endian numbers, which are not supported,");
      }
    } else if (target instanceof Builder builder) {
      List<Object> parts = tuple(state);
      int first = parts.size() == 5 ? 1 : 0;
      long[] shape = tuple(parts.get(first)).stream().mapToLong(size -> (Long) size).toArray();
      builder.array = NumpyArray.of("An array of " + file, ((Builder) parts.get(first + 1)).type, shape,
          (Boolean) parts.get(first + 2), buffer(parts.get(first + 3)));
    } else if (target instanceof Map<?, ?> || target instanceof Opaque) {
      return;
    } else {
      throw malformed("sets the state of something that has none");
    }
  }

  /** Replaces builders by the arrays they have built, everywhere but inside themselves. */
  private static Object finished(Object root) {
    java.util.ArrayDeque<Object> open = new java.util.ArrayDeque<>();
    Set<Object> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    if (root instanceof List<?> || root instanceof Map<?, ?>) {
      open.add(root);
    }
    while (!open.isEmpty()) {
      Object container = open.poll();
      if (!seen.add(container)) {
        continue;
      }
      if (container instanceof ArrayList<?>) {
        list(container).replaceAll(PickleReader::array);
        list(container).stream().filter(item -> item instanceof List<?> || item instanceof Map<?, ?>).forEach(open::add);
      } else if (container instanceof Map<?, ?>) {
        @SuppressWarnings("unchecked")
        Map<Object, Object> map = (Map<Object, Object>) container;
        map.replaceAll((key, value) -> array(value));
        map.values().stream().filter(item -> item instanceof List<?> || item instanceof Map<?, ?>).forEach(open::add);
      }
    }
    return array(root);
  }

  private static Object array(Object value) {
    return value instanceof Builder builder && builder.array != null ? builder.array : value;
  }

  private Object remembered(int index) {
    if (!memo.containsKey(index)) {
      throw malformed("recalls something it never stored");
    }
    return memo.get(index);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    List<Object> tail = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    stack.remove(mark);
    return items;
  }

  private List<Object> popLast(int count) {
    List<Object> tail = stack.subList(stack.size() - count, stack.size());
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }

  private void putAll(Object target, List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) target;
    for (int i = 0; i + 1 < items.size(); i += 2) {
      map.put(key(items.get(i)), items.get(i + 1));
    }
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
      default -> throw malformed("has a dictionary key that is not a plain value");
    };
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> tuple(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static Set<Object> set(Object value) {
    return (Set<Object>) value;
  }

  private static MemorySegment buffer(Object value) {
    return MemorySegment.ofBuffer((ByteBuffer) value);
  }

  private ByteBuffer bytes(long length) {
    if (length < 0 || length > in.remaining()) {
      throw malformed("is cut short or has a wrong length");
    }
    ByteBuffer slice = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return slice;
  }

  private String string(long length) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(bytes(length)).toString();
  }

  private String latin1(int length) {
    return StandardCharsets.ISO_8859_1.decode(bytes(length)).toString();
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {
      continue;
    }
    return StandardCharsets.UTF_8.decode(in.slice(start, in.position() - 1 - start)).toString();
  }

  private static String quoted(String line) {
    return line.length() < 2 ? line : line.substring(1, line.length() - 1);
  }

  private static Object textInteger(String line) {
    return line.equals("00") ? Boolean.FALSE : line.equals("01") ? (Object) Boolean.TRUE : (Object) Long.parseLong(line);
  }

  private Object longInteger(int length) {
    ByteBuffer digits = bytes(length);
    if (length > 64) {
      throw malformed("has an integer of %d bytes".formatted(length));
    }
    byte[] bigEndian = new byte[length];
    for (int i = 0; i < length; i++) {
      bigEndian[length - 1 - i] = digits.get(i);
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
    return value.bitLength() < 64 ? (Object) value.longValue() : value;
  }

  private InvalidInputException malformed(String what) {
    return InvalidInputException.of("The pickle %s %s near byte %d.", file, what, in.position());
  }
}
