package org.terraformer.app.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * The subword encoder of trax and Tensor2Tensor. A text is split where letters and digits meet anything else; a single space
 * between two words is not kept, since joining puts it back. In each piece a backslash is doubled, {@code _} becomes a backslash
 * and {@code u}, and a newline or a character that occurs in no entry becomes a backslash, its number and {@code ;}. Then
 * {@code _} marks the end of the piece, and the longest entry of the vocabulary is taken again and again.
 *
 * <p>The file has one entry a line, in quotation marks or not; ids are line numbers from 0. A newline in an entry breaks its line
 * in two, and each part counts. The first two entries are padding and end where they are called {@code <pad>} and {@code <EOS>}.
 */
public final class SubwordTokenizer implements Tokenizer {
  private static final int END_ID = 1;
  private static final int LONGEST_ENTRY = 1000;
  private static final String NEEDED = "_\\;0123456789u";
  private static final String UNDEFINED = "\u3013";
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([u\\\\])|([0-9]+);|[0-9]*+\\z)");

  private final String file;
  private final List<String> entries;
  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet alphabet = new BitSet();
  private final BitSet singles = new BitSet();
  private final int longest;
  private final int reserved;

  private SubwordTokenizer(String file, List<String> entries) {
    this.file = file;
    this.entries = entries;
    this.reserved = entries.size() > 1 && entries.get(0).startsWith("<pad>") && entries.get(1).startsWith("<EOS>") ? 2 : 0;
    int most = 1;
    for (int id = 0; id < entries.size(); id++) {
      String entry = entries.get(id);
      if (!entry.isEmpty()) {
        ids.put(entry, id);
        most = Math.max(most, entry.length());
        entry.codePoints().forEach(alphabet::set);
        if (entry.codePointCount(0, entry.length()) == 1) {
          singles.set(entry.codePointAt(0));
        }
      }
    }
    NEEDED.codePoints().forEach(alphabet::set);
    alphabet.clear('\n');
    singles.clear('\n');
    this.longest = most;
  }

  /**
   * Reads a vocabulary file.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static SubwordTokenizer read(Path file) {
    return parse(file.toString(), VocabularyFile.bytes(file));
  }

  static SubwordTokenizer parse(String file, byte[] bytes) {
    List<String> entries = new ArrayList<>();
    String text = VocabularyFile.text(file, bytes);
    for (String line : (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1)) {
      if (line.length() > LONGEST_ENTRY) {
        throw InvalidInputException.of("Line %d of %s has %d characters but may have at most %d.", entries.size() + 1, file,
            line.length(), LONGEST_ENTRY);
      }
      entries.add(unquoted(line.stripTrailing()));
    }
    SubwordTokenizer tokenizer = new SubwordTokenizer(file, entries);
    for (char needed : NEEDED.toCharArray()) {
      if (!tokenizer.singles.get(needed)) {
        throw InvalidInputException.of(
            "The vocabulary %s has no entry for the character %s, without which not all text can be encoded.", file, needed);
      }
    }
    return tokenizer;
  }

  /** A quotation mark alone is an empty entry: what is left of an entry with a newline. */
  private static String unquoted(String line) {
    boolean quoted = line.startsWith("'") && line.endsWith("'") || line.startsWith("\"") && line.endsWith("\"");
    return quoted ? line.substring(1, Math.max(1, line.length() - 1)) : line;
  }

  @Override
  public int vocabularySize() {
    return entries.size();
  }

  @Override
  public int[] encode(String text) {
    IntStream.Builder all = IntStream.builder();
    for (String piece : pieces(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))) {
      if (!append(escape(piece, alphabet), all) && !append(escape(piece, singles), all)) {
        throw InvalidInputException.of("The vocabulary %s has no entries for %s.", file, VocabularyFile.quoted(piece));
      }
    }
    return all.build().toArray();
  }

  /** Adds the ids of a piece, or none and gives false if its characters occur in entries but have none of their own. */
  private boolean append(String escaped, IntStream.Builder all) {
    int[] found = new int[escaped.length()];
    int count = 0;
    for (int start = 0; start < escaped.length(); ) {
      int end = Math.min(escaped.length(), start + longest);
      Integer id = ids.get(escaped.substring(start, end));
      while (id == null && end > start + 1) {
        end--;
        id = ids.get(escaped.substring(start, end));
      }
      if (id == null) {
        return false;
      }
      found[count++] = id;
      start = end;
    }
    Arrays.stream(found, 0, count).forEach(all);
    return true;
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

  private static String escape(String piece, BitSet known) {
    StringBuilder escaped = new StringBuilder();
    piece.codePoints().forEach(codePoint -> {
      if (codePoint == '\\') {
        escaped.append("\\\\");
      } else if (codePoint == '_') {
        escaped.append("\\u");
      } else if (known.get(codePoint)) {
        escaped.appendCodePoint(codePoint);
      } else {
        escaped.append('\\').append(codePoint).append(';');
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
    String[] pieces = joined.toString().split("_", -1);
    for (int i = 0; i < pieces.length; i++) {
      String piece = unescape(pieces[i], i == pieces.length - 1);
      if (!piece.isEmpty()) {
        boolean word = isWord(piece.codePointAt(0));
        text.append(wordBefore && word ? " " : "").append(piece);
        wordBefore = word;
      }
    }
    return text.toString();
  }

  /** An escape that the ids break off is an incomplete character; one that a piece breaks off is text. */
  private static String unescape(String escaped, boolean last) {
    return ESCAPE.matcher(escaped).replaceAll(match -> {
      String character = match.group(1) != null ? (match.group(1).equals("u") ? "_" : "\\")
          : match.group(2) != null ? character(match.group(2)) : last ? "\uFFFD" : match.group();
      return Matcher.quoteReplacement(character);
    });
  }

  private static String character(String number) {
    int codePoint = number.length() > 7 ? -1 : Integer.parseInt(number);
    boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return Character.isValidCodePoint(codePoint) && !half ? Character.toString(codePoint) : UNDEFINED;
  }

  @Override
  public OptionalInt endId() {
    return reserved == 2 ? OptionalInt.of(END_ID) : OptionalInt.empty();
  }
}
