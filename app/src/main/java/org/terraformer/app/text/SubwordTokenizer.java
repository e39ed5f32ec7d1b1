package org.terraformer.app.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * The subword encoder of trax and Tensor2Tensor. A text is split where letters and digits meet anything else; a single space between two
 * words is not kept, since joining puts it back. In each piece {@code \} becomes {@code \\}, {@code _} becomes {@code \}{@code u}, and a
 * character that the vocabulary lacks becomes {@code \}number{@code ;}; then {@code _} marks its end, and the longest entry of the
 * vocabulary is taken again and again.
 *
 * <p>The file has one entry a line, in quotation marks or not; ids are line numbers from 0, and the first two are padding and end where
 * they are called {@code <pad>_} and {@code <EOS>_}.
 */
public final class SubwordTokenizer implements Tokenizer {
  private static final int END_ID = 1;
  private static final long LARGEST_FILE = 64 << 20;
  private static final int LONGEST_ENTRY = 1000;

  private final List<String> entries;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Set<Integer> alphabet = new HashSet<>();
  private final int longest;
  private final int reserved;

  private SubwordTokenizer(List<String> entries) {
    this.entries = entries;
    this.reserved = entries.size() > 1 && entries.get(0).startsWith("<pad>") && entries.get(1).startsWith("<EOS>") ? 2 : 0;
    int most = 1;
    for (int id = reserved; id < entries.size(); id++) {
      ids.putIfAbsent(entries.get(id), id);
      most = Math.max(most, entries.get(id).length());
      entries.get(id).codePoints().forEach(alphabet::add);
    }
    this.longest = most;
  }

  /**
   * Reads a vocabulary file.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static SubwordTokenizer read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw InvalidInputException.of("%s has %d bytes but a vocabulary may have %d.", file, Files.size(file), LARGEST_FILE);
      }
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, e.getMessage()), e);
    }
  }

  static SubwordTokenizer parse(String file, byte[] bytes) {
    List<String> entries = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String entry = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (entry.indexOf('\uFFFD') >= 0 || entry.length() > LONGEST_ENTRY) {
        throw InvalidInputException.of("Line %d of %s is no UTF-8 text of at most %d characters.", entries.size() + 1, file, LONGEST_ENTRY);
      }
      entries.add(unquoted(entry));
    }
    while (!entries.isEmpty() && entries.getLast().isEmpty()) {
      entries.removeLast();
    }
    SubwordTokenizer tokenizer = new SubwordTokenizer(entries);
    for (char needed : "_\\;0123456789u".toCharArray()) {
      if (!tokenizer.ids.containsKey(String.valueOf(needed))) {
        throw InvalidInputException.of("The vocabulary %s has no entry for the character %s, without which not all text can be encoded.",
            file, needed);
      }
    }
    return tokenizer;
  }

  private static String unquoted(String line) {
    boolean quoted = line.length() >= 2 && (line.charAt(0) == '\'' || line.charAt(0) == '"')
        && line.charAt(line.length() - 1) == line.charAt(0);
    return quoted ? line.substring(1, line.length() - 1) : line;
  }

  @Override
  public int vocabularySize() {
    return entries.size();
  }

  @Override
  public int[] encode(String text) {
    int[] result = new int[16];
    int count = 0;
    for (String piece : pieces(text)) {
      String escaped = escape(piece);
      for (int start = 0; start < escaped.length(); ) {
        int end = Math.min(escaped.length(), start + longest);
        Integer id = ids.get(escaped.substring(start, end));
        while (id == null && end > start + 1) {
          end--;
          id = ids.get(escaped.substring(start, end));
        }
        if (id == null) {
          throw InvalidInputException.of("The vocabulary has no entry for %s.", escaped.substring(start, end));
        }
        if (count == result.length) {
          result = Arrays.copyOf(result, 2 * count);
        }
        result[count++] = id;
        start = end;
      }
    }
    return Arrays.copyOf(result, count);
  }

  /** The text in runs of letters and digits and runs of anything else; a lone space between two runs is left out. */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int next = i + Character.charCount(text.codePointAt(i));
      if (next == text.length() || isWord(text.codePointAt(i)) != isWord(text.codePointAt(next))) {
        String piece = text.substring(start, next);
        if (!piece.equals(" ") || start == 0 || next == text.length()) {
          pieces.add(piece);
        }
        start = next;
      }
      i = next;
    }
    return pieces;
  }

  /** Letters and numbers of all kinds. */
  private static boolean isWord(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, Character.MODIFIER_LETTER,
          Character.OTHER_LETTER, Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  private String escape(String piece) {
    StringBuilder escaped = new StringBuilder();
    piece.codePoints().forEach(codePoint -> {
      if (codePoint == '\\') {
        escaped.append("\\\\");
      } else if (codePoint == '_') {
        escaped.append("\\u");
      } else if (codePoint == '\n' || !alphabet.contains(codePoint) || !ids.containsKey(Character.toString(codePoint))) {
        escaped.append('\\').append(codePoint).append(';');
      } else {
        escaped.appendCodePoint(codePoint);
      }
    });
    return escaped.append('_').toString();
  }

  @Override
  public String decode(int[] tokens) {
    StringBuilder joined = new StringBuilder();
    for (int id : tokens) {
      if (id >= reserved && id < entries.size()) {
        joined.append(entries.get(id));
      }
    }
    StringBuilder text = new StringBuilder();
    boolean wordBefore = false;
    for (String escaped : joined.toString().split("_")) {
      String piece = unescape(escaped);
      if (piece.isEmpty()) {
        continue;
      }
      boolean word = isWord(piece.codePointAt(0));
      if (wordBefore && word) {
        text.append(' ');
      }
      text.append(piece);
      wordBefore = word;
    }
    return text.toString();
  }

  private static String unescape(String escaped) {
    StringBuilder piece = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c != '\\' || i + 1 == escaped.length()) {
        piece.append(c);
        continue;
      }
      char kind = escaped.charAt(i + 1);
      int end = escaped.indexOf(';', i);
      if (kind == '\\' || kind == 'u') {
        piece.append(kind == 'u' ? '_' : '\\');
        i++;
      } else if (end > i + 1 && end <= i + 8 && escaped.substring(i + 1, end).chars().allMatch(Character::isDigit)) {
        int codePoint = Integer.parseInt(escaped.substring(i + 1, end));
        piece.appendCodePoint(Character.isValidCodePoint(codePoint) ? codePoint : 0xFFFD);
        i = end;
      } else {
        piece.append(c);
      }
    }
    return piece.toString();
  }

  @Override
  public OptionalInt endId() {
    return reserved == 2 ? OptionalInt.of(END_ID) : OptionalInt.empty();
  }
}
