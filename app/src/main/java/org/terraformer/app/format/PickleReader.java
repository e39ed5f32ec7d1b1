package org.terraformer.app.format;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Reads pickles, protocols 0 to 5, without ever running anything: it builds lists, tuples, dictionaries, numbers, strings, bytes
 * and numpy arrays, and what stands for a few harmless classes that trax checkpoints name. Any other name in the stream is
 * refused.
 *
 * <p>It is our own because general pickle libraries allocate what lengths in the stream ask for, and fail on malformed streams
 * with exceptions of every kind; here no length is believed before as many bytes have been seen, and what is made in memory is
 * counted against the size of the file, so that neither a packed file of nothing nor a list of copies of a list can fill it.
 *
 * <p>Values: {@code null}, Boolean, Long, {@link java.math.BigInteger}, Double, String, {@link PickleBytes},
 * {@link PickleArray}, List (also for tuples), Set, Map, {@link Opaque}.
 */
public final class PickleReader {
  private static final Object MARK = new Object();
  private static final long FREE_MEMORY = 32 << 20;
  private static final int MEMORY_PER_BYTE = 16;
  private static final int STEP = 24;
  private static final int CONTAINER = 96;

  private final PickleInput in;
  private final PickleObjects objects;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  /** An object whose class is known and harmless but not needed. */
  public record Opaque(String className) {}

  private PickleReader(PickleInput in) {
    this.in = in;
    this.objects = new PickleObjects(in);
  }

  /**
   * Reads the object of a pickle.
   *
   * @param file for messages
   * @throws InvalidInputException if the pickle is malformed, or names something that is not allowed
   */
  public static Object read(String file, byte[] bytes) {
    return read(file, new ByteArrayInputStream(bytes), bytes.length);
  }

  /**
   * Reads the object of a pickle; long byte strings are passed over.
   *
   * @param file for messages
   * @param packedBytes the size of the file that the stream comes from, packed as it is
   * @throws InvalidInputException if the pickle is malformed, can't be read, or names something that is not allowed
   */
  public static Object read(String file, InputStream stream, long packedBytes) {
    PickleInput in = new PickleInput(file, stream, FREE_MEMORY + MEMORY_PER_BYTE * packedBytes);
    try {
      return PickleObjects.finished(new PickleReader(in).run());
    } catch (EOFException e) {
      throw new InvalidInputException("The pickle %s is cut short.".formatted(file), e);
    } catch (ClassCastException | NullPointerException | NoSuchElementException | IndexOutOfBoundsException | ArithmeticException
        | NumberFormatException | UnsupportedOperationException | CharacterCodingException e) {
      // Values of the wrong kind or none at all, where the instruction needs another: the stream is at fault, whichever it was.
      throw in.malformed(e);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  private Object run() throws IOException {
    while (true) {
      int instruction = in.unsignedByte();
      if (instruction == '.') {
        return pop();
      }
      in.charge(STEP);
      if (!pushesValue(instruction) && !fillsContainer(instruction) && !movesValue(instruction) && !callsName(instruction)) {
        throw in.malformed("has the instruction 0x%02x, which is unknown or not allowed,".formatted(instruction));
      }
    }
  }

  /** Numbers, strings, bytes and empty containers; false for other instructions. */
  private boolean pushesValue(int instruction) throws IOException {
    stack.add(switch (instruction) {
      case 'N' -> null;
      case 0x88 -> true;
      case 0x89 -> false;
      case 'K' -> (long) in.unsignedByte();
      case 'M' -> (long) in.unsignedShort();
      case 'J' -> (long) in.fourBytes();
      case 'I' -> in.integerLine();
      case 'L' -> in.longLine();
      case 0x8a -> in.integer(in.unsignedByte());
      case 0x8b -> in.integer(in.fourBytes());
      case 'F' -> in.doubleLine();
      case 'G' -> in.bigEndianDouble();
      case 'X' -> in.utf8(in.unsignedInt());
      case 0x8c -> in.utf8(in.unsignedByte());
      case 0x8d -> in.utf8(in.eightBytes());
      case 'V' -> PickleText.unicode(in.line());
      case 'S' -> PickleText.quoted(in.line());
      case 'U' -> in.latin1(in.unsignedByte());
      case 'T' -> in.latin1(in.fourBytes());
      case 'C' -> in.bytes(in.unsignedByte());
      case 'B' -> in.bytes(in.unsignedInt());
      case 0x8e, 0x96 -> in.bytes(in.eightBytes());
      case ')' -> List.of();
      case ']' -> container(new ArrayList<>());
      case '}' -> container(new LinkedHashMap<>());
      case 0x8f -> container(new LinkedHashSet<>());
      default -> MARK;
    });
    if (top() == MARK) {
      pop();
      return false;
    }
    return true;
  }

  private Object container(Object empty) {
    in.charge(CONTAINER);
    return empty;
  }

  /** Lists, tuples, dictionaries and sets of values on the stack; false for other instructions. */
  private boolean fillsContainer(int instruction) {
    switch (instruction) {
      case 'l', 't' -> stack.add(popToMark());
      case 0x85 -> stack.add(popLast(1));
      case 0x86 -> stack.add(popLast(2));
      case 0x87 -> stack.add(popLast(3));
      case 'd' -> {
        Map<Object, Object> map = new LinkedHashMap<>();
        objects.putAll(map, popToMark());
        stack.add(map);
      }
      case 0x91 -> {
        Set<Object> set = new LinkedHashSet<>();
        objects.addAll(set, popToMark());
        stack.add(set);
      }
      case 'a' -> {
        Object item = pop();
        PickleObjects.list(top()).add(item);
      }
      case 'e' -> {
        List<Object> items = popToMark();
        PickleObjects.list(top()).addAll(items);
      }
      case 's' -> {
        Object value = pop();
        Object key = pop();
        objects.putAll(top(), Arrays.asList(key, value));
      }
      case 'u' -> {
        List<Object> items = popToMark();
        objects.putAll(top(), items);
      }
      case 0x90 -> {
        List<Object> items = popToMark();
        objects.addAll(PickleObjects.set(top()), items);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The stack itself, the memo, and what only frames the stream; false for other instructions. */
  private boolean movesValue(int instruction) throws IOException {
    switch (instruction) {
      case 0x80 -> in.unsignedByte();
      case 0x95 -> in.eightBytes();
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> stack.add(top());
      case 'q' -> remember(in.unsignedByte());
      case 'r' -> remember(in.fourBytes());
      case 'p' -> remember(in.indexLine());
      case 0x94 -> remember(memo.size());
      case 'h' -> stack.add(remembered(in.unsignedByte()));
      case 'j' -> stack.add(remembered(in.fourBytes()));
      case 'g' -> stack.add(remembered(in.indexLine()));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Names, and what is made of them; false for other instructions. */
  private boolean callsName(int instruction) throws IOException {
    switch (instruction) {
      case 'c' -> stack.add(PickleName.of(in.file(), in.line(), in.line()));
      case 0x93 -> {
        String name = (String) pop();
        stack.add(PickleName.of(in.file(), (String) pop(), name));
      }
      case 'R', 0x81 -> {
        List<Object> arguments = PickleObjects.list(pop());
        stack.add(objects.call(pop(), arguments));
      }
      case 'i' -> {
        PickleName name = PickleName.of(in.file(), in.line(), in.line());
        stack.add(objects.call(name, popToMark()));
      }
      case 'o' -> {
        List<Object> arguments = popToMark();
        stack.add(objects.call(arguments.getFirst(), arguments.subList(1, arguments.size())));
      }
      case 0x92 -> {
        pop();
        List<Object> arguments = PickleObjects.list(pop());
        stack.add(objects.call(pop(), arguments));
      }
      case 'b' -> {
        Object state = pop();
        objects.build(top(), state);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void remember(int index) {
    in.charge(CONTAINER);
    memo.put(index, top());
  }

  private Object remembered(int index) {
    if (!memo.containsKey(index)) {
      throw in.malformed("recalls something it never stored");
    }
    return memo.get(index);
  }

  private Object pop() {
    return stack.removeLast();
  }

  private Object top() {
    return stack.getLast();
  }

  private List<Object> popToMark() {
    int mark = stack.lastIndexOf(MARK);
    List<Object> items = popLast(stack.size() - mark - 1);
    stack.remove(mark);
    return items;
  }

  private List<Object> popLast(int count) {
    List<Object> tail = stack.subList(stack.size() - count, stack.size());
    in.charge(CONTAINER + 8L * count);
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }
}
