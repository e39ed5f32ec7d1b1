package org.terraformer.app.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of a SentencePiece unigram vocabulary, slow: the characters are replaced as its map says, spaces are joined, and of
 * all ways to split the text into pieces the one with the largest sum of scores is taken.
 */
final class UnigramRules {
  private static final float UNKNOWN_PENALTY = 10;
  private final List<String> pieces = new ArrayList<>();
  private final Map<String, Integer> normal = new HashMap<>();
  private final List<Float> scores = new ArrayList<>();
  private final int unknown;
  private final float least;
  private final int longest;
  private int[] trie = {};
  private byte[] replacements = {};
  private boolean joinsSpaces = true;

  UnigramRules(byte[] file) {
    int unknownId = -1;
    for (Field field : fields(file)) {
      if (field.number == 1) {
        int kind = 1;
        float score = 0;
        String text = "";
        for (Field part : fields(field.bytes)) {
          switch (part.number) {
            case 1 -> text = new String(part.bytes, StandardCharsets.UTF_8);
            case 2 -> score = Float.intBitsToFloat((int) part.value);
            default -> kind = (int) part.value;
          }
        }
        if (kind == 1) {
          normal.put(text, pieces.size());
        } else if (kind == 2) {
          unknownId = pieces.size();
        }
        pieces.add(text);
        scores.add(score);
      } else if (field.number == 3) {
        fields(field.bytes).forEach(this::normalisation);
      }
    }
    unknown = unknownId;
    least = Collections.min(normal.values().stream().map(scores::get).toList());
    longest = normal.keySet().stream().mapToInt(piece -> piece.codePointCount(0, piece.length())).max().orElseThrow();
  }

  private void normalisation(Field field) {
    if (field.number == 2 && field.bytes.length > 0) {
      ByteBuffer map = ByteBuffer.wrap(field.bytes).order(ByteOrder.LITTLE_ENDIAN);
      trie = new int[map.getInt() / 4];
      map.asIntBuffer().get(trie);
      replacements = Arrays.copyOfRange(field.bytes, 4 + 4 * trie.length, field.bytes.length);
    } else if (field.number == 4) {
      joinsSpaces = field.value == 1;
    }
  }

  int unknown() {
    return unknown;
  }

  /** The text as it is split, but with spaces for their symbol and without the one in front. */
  String normalised(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder result = new StringBuilder();
    for (int at = 0; at < bytes.length; ) {
      int length = 0;
      int replacement = 0;
      int node = 0;
      for (int i = at; i < bytes.length && trie.length > 0; i++) {
        node = node ^ offset(trie[node]) ^ bytes[i] & 255;
        if ((trie[node] & 0x800000FF) != (bytes[i] & 255)) {
          break;
        }
        if ((trie[node] >> 8 & 1) == 1) {
          length = i + 1 - at;
          replacement = trie[node ^ offset(trie[node])] & 0x7FFFFFFF;
        }
      }
      if (length == 0) {
        length = bytes[at] >= 0 ? 1 : (bytes[at] & 0xE0) == 0xC0 ? 2 : (bytes[at] & 0xF0) == 0xE0 ? 3 : 4;
        result.append(new String(bytes, at, length, StandardCharsets.UTF_8));
      } else {
        int end = replacement;
        while (replacements[end] != 0) {
          end++;
        }
        result.append(new String(replacements, replacement, end - replacement, StandardCharsets.UTF_8));
      }
      at += length;
    }
    return joinsSpaces ? result.toString().replaceAll(" +", " ").replaceAll("^ | $", "") : result.toString();
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 512) == 0 ? 0 : 8);
  }

  List<Integer> encode(String text) {
    String normalised = normalised(text);
    if (normalised.isEmpty()) {
      return List.of();
    }
    int[] points = ("\u2581" + normalised.replace(' ', '\u2581')).codePoints().toArray();
    float[] best = new float[points.length + 1];
    int[] from = new int[points.length + 1];
    Arrays.fill(from, -1);
    for (int start = 0; start < points.length; start++) {
      for (int length = 1; length <= Math.min(longest, points.length - start); length++) {
        Integer id = normal.get(new String(points, start, length));
        if (id != null || length == 1) {
          float sum = best[start] + (id == null ? least - UNKNOWN_PENALTY : scores.get(id));
          if (from[start + length] < 0 || sum > best[start + length]) {
            best[start + length] = sum;
            from[start + length] = start;
          }
        }
      }
    }
    List<Integer> ids = new ArrayList<>();
    for (int end = points.length; end > 0; end = from[end]) {
      int id = normal.getOrDefault(new String(points, from[end], end - from[end]), unknown);
      if (id != unknown || ids.isEmpty() || ids.getLast() != unknown) {
        ids.add(id);
      }
    }
    Collections.reverse(ids);
    return ids;
  }

  private record Field(int number, long value, byte[] bytes) {}

  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      switch (key & 7) {
        case 0 -> fields.add(new Field(key >> 3, varint(in), null));
        case 5 -> fields.add(new Field(key >> 3, in.getInt(), null));
        case 2 -> {
          byte[] bytes = new byte[(int) varint(in)];
          in.get(bytes);
          fields.add(new Field(key >> 3, 0, bytes));
        }
        default -> throw new IllegalArgumentException("field " + key);
      }
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long result = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      result |= (long) (next & 127) << shift;
      if (next >= 0) {
        return result;
      }
    }
  }
}
