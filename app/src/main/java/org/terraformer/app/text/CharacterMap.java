package org.terraformer.app.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The compiled normalisation rules of a SentencePiece vocabulary: the size of a double-array trie, the trie, and the
 * replacements, each ended by a zero. A unit of the trie holds the byte that leads to it, the offset of its successors and
 * whether a replacement belongs to it. The native readers trust the trie, so it is walked here first: no step may leave it,
 * return to where it came from, or name a replacement that does not exist.
 */
final class CharacterMap {
  private static final int LONGEST_CHAIN = 31;
  private static final int UNSEEN = -1;
  private static final int OPEN = -2;

  private final String file;
  private final int[] units;
  private final byte[] replacements;

  private CharacterMap(String file, int[] units, byte[] replacements) {
    this.file = file;
    this.units = units;
    this.replacements = replacements;
  }

  /**
   * Walks a whole map.
   *
   * @throws InvalidInputException naming the file if the map is damaged
   */
  static void check(String file, byte[] map) {
    ByteBuffer buffer = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
    long size = map.length < 4 ? 0 : Integer.toUnsignedLong(buffer.getInt());
    if (size < 1024 || size % 1024 != 0 || size >= map.length - 4 || map[map.length - 1] != 0) {
      throw damaged(file, "its sizes are wrong");
    }
    int[] units = new int[(int) (size / 4)];
    buffer.asIntBuffer().get(units);
    byte[] replacements = Arrays.copyOfRange(map, 4 + (int) size, map.length);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw damaged(file, "a replacement is not UTF-8 text");
    }
    new CharacterMap(file, units, replacements).walk();
  }

  /** Visits every reachable unit once, successors first, and counts the replacements on the longest way down from it. */
  private void walk() {
    int[] longest = new int[units.length];
    Arrays.fill(longest, UNSEEN);
    int[] path = new int[units.length];
    int[] nextByte = new int[units.length];
    int depth = 1;
    longest[0] = OPEN;
    int[] best = new int[units.length];
    while (depth > 0) {
      int node = path[depth - 1];
      int first = node ^ offset(units[node]);
      if (nextByte[node] == 256) {
        longest[node] = best[node] + (node == 0 ? 0 : replacement(node, first));
        depth--;
        if (longest[node] > LONGEST_CHAIN) {
          throw damaged(file, "more than %d rules begin with one another".formatted(LONGEST_CHAIN));
        }
        if (depth > 0) {
          best[path[depth - 1]] = Math.max(best[path[depth - 1]], longest[node]);
        }
        continue;
      }
      if ((first | 255) >= units.length) {
        throw damaged(file, "unit %d leads out of the trie".formatted(node));
      }
      int child = first ^ nextByte[node];
      if ((units[child] & 0x800000FF) == nextByte[node]++) {
        if (longest[child] == OPEN) {
          throw damaged(file, "unit %d leads back to where it came from".formatted(node));
        }
        if (longest[child] == UNSEEN) {
          longest[child] = OPEN;
          path[depth++] = child;
        } else {
          best[node] = Math.max(best[node], longest[child]);
        }
      }
    }
  }

  /** 1 if a replacement belongs to the unit, whose value then lies where its successors begin. */
  private int replacement(int node, int first) {
    if ((units[node] >>> 8 & 1) == 0) {
      return 0;
    }
    int at = units[first] & 0x7FFFFFFF;
    if (at >= replacements.length || (replacements[at] & 0xC0) == 0x80) {
      throw damaged(file, "unit %d names a replacement that does not exist".formatted(node));
    }
    return 1;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 1 << 9) >> 6);
  }

  private static InvalidInputException damaged(String file, String what) {
    return InvalidInputException.of("The normalisation rules in %s are damaged: %s.", file, what);
  }
}
