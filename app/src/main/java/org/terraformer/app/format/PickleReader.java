package org.terraformer.app.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
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
 * Reads pickles, protocols 0 to 5, without ever running anything: it builds lists, tuples, dictionaries, numbers, strings, bytes and
 * numpy arrays, and what stands for a few harmless classes that trax checkpoints name. Any other name in the stream is refused.
 *
 * <p>It is our own because general pickle libraries allocate what lengths in the stream ask for, and fail on malformed streams with
 * exceptions of every kind; here no length is believed before as many bytes have been seen.
 *
 * <p>Values: {@code null}, Boolean, Long, {@link java.math.BigInteger}, Double, String, {@link ByteBuffer}, {@link NumpyArray}, List (also
 * for tuples), Set, Map, {@link Opaque}.
 */
public final class PickleReader {
  private static final Object MARK = new Object();
  private static final int MOST_STEPS_PER_BYTE = 4;

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
    PickleInput in = new PickleInput(file, bytes);
    try {
      return PickleObjects.finished(new PickleReader(in).run());
    } catch (BufferUnderflowException e) {
      throw new InvalidInputException("The pickle %s is cut short.".formatted(file), e);
    } catch (ClassCastException | NullPointerException | NoSuchElementException | IndexOutOfBoundsException | ArithmeticException
        | NumberFormatException | CharacterCodingException e) {
      // Values of the wrong kind or none at all, where the instruction needs another: the stream is at fault, whichever it was.
      throw new InvalidInputException("The pickle %s is malformed near byte %d.".formatted(file, in.position()), e);
    }
  }

  private Object run() throws CharacterCodingException {
    for (long steps = 0; steps < (long) in.size() * MOST_STEPS_PER_BYTE; steps++) {
      int instruction = in.unsignedByte();
      if (instruction == '.') {
        return pop();
      }
      if (!pushesValue(instruction) && !fillsContainer(instruction) && !movesValue(instruction) && !callsName(instruction)) {
        throw in.malformed("has the instruction 0x%02x, which is unknown or not allowed,".formatted(instruction));
      }
    }
    throw in.malformed("has too many instructions");
  }

  /** Numbers, strings, bytes and empty containers; false for other instructions. */
  private boolean pushesValue(int instruction) throws CharacterCodingException {
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
      case 'F' -> Double.parseDouble(in.line());
      case 'G' -> in.bigEndianDouble();
      case 'X' -> in.utf8(in.unsignedInt());
      case 0x8c -> in.utf8(in.unsignedByte());
      case 0x8d -> in.utf8(in.eightBytes());
      case 'V' -> in.line();
      case 'S' -> in.quotedLine();
      case 'U' -> in.latin1(in.unsignedByte());
      case 'T' -> in.latin1(in.fourBytes());
      case 'C' -> in.bytes(in.unsignedByte());
      case 'B' -> in.bytes(in.unsignedInt());
      case 0x8e, 0x96 -> in.bytes(in.eightBytes());
      case ']' -> new ArrayList<>();
      case ')' -> List.of();
      case '}' -> new LinkedHashMap<>();
      case 0x8f -> new LinkedHashSet<>();
      default -> MARK;
    });
    if (top() == MARK) {
      pop();
      return false;
    }
    return true;
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
  private boolean movesValue(int instruction) {
    switch (instruction) {
      case 0x80 -> in.unsignedByte();
      case 0x95 -> in.eightBytes();
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> stack.add(top());
      case 'q' -> memo.put(in.unsignedByte(), top());
      case 'r' -> memo.put(in.fourBytes(), top());
      case 'p' -> memo.put(Integer.parseInt(in.line()), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> stack.add(remembered(in.unsignedByte()));
      case 'j' -> stack.add(remembered(in.fourBytes()));
      case 'g' -> stack.add(remembered(Integer.parseInt(in.line())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Names, and what is made of them; false for other instructions. */
  private boolean callsName(int instruction) {
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
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }
}
