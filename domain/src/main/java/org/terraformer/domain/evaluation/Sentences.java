package org.terraformer.domain.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The sentences of an English text. A sentence ends with its line, or with a full stop, a question mark or an exclamation mark before a
 * blank and what is no small letter; not with the full stop of an initial or of a few abbreviations.
 */
public final class Sentences {
  private static final String ENDS = ".?!";
  private static final String CLOSERS = "\"')]}\u2019\u201D";
  private static final Set<String> ABBREVIATIONS = Set.of("al", "cf", "e.g", "i.e", "eq", "eqs", "fig", "figs", "sec", "no", "vs", "mr",
      "mrs", "ms", "dr", "prof", "st", "resp", "approx", "ch", "vol", "pp", "etc");

  private Sentences() {}

  /** All of them, without the blanks around them; of lines without an end mark only where no line has one, since they are headings. */
  public static List<String> of(String text) {
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    List<String> proper = lines.stream().flatMap(Sentences::ofLine).filter(Sentences::isEnded).toList();
    return proper.isEmpty() ? lines : proper;
  }

  /**
   * The first sentences, each on a line: the baseline that summaries of news are measured against.
   *
   * @param count how many at most
   */
  public static String lead(String text, int count) {
    return String.join("\n", of(text).stream().limit(count).toList());
  }

  private static Stream<String> ofLine(String line) {
    List<String> sentences = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length(); i++) {
      if (ENDS.indexOf(line.charAt(i)) >= 0) {
        int end = i + 1;
        while (end < line.length() && (CLOSERS + ENDS).indexOf(line.charAt(end)) >= 0) {
          end++;
        }
        if (beginsAfter(line, end) && !isAbbreviation(line, start, i)) {
          sentences.add(line.substring(start, end).strip());
          start = end;
        }
        i = end - 1;
      }
    }
    sentences.add(line.substring(start).strip());
    return sentences.stream().filter(sentence -> !sentence.isEmpty());
  }

  private static boolean beginsAfter(String line, int end) {
    int next = end;
    while (next < line.length() && Character.isWhitespace(line.charAt(next))) {
      next++;
    }
    return next > end && next < line.length() && !Character.isLowerCase(line.charAt(next));
  }

  private static boolean isAbbreviation(String line, int start, int stop) {
    if (line.charAt(stop) != '.') {
      return false;
    }
    int from = stop;
    while (from > start && !Character.isWhitespace(line.charAt(from - 1)) && "([".indexOf(line.charAt(from - 1)) < 0) {
      from--;
    }
    String word = line.substring(from, stop);
    return word.length() == 1 && Character.isUpperCase(word.charAt(0)) || ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT));
  }

  private static boolean isEnded(String sentence) {
    int last = sentence.length() - 1;
    while (last > 0 && CLOSERS.indexOf(sentence.charAt(last)) >= 0) {
      last--;
    }
    return ENDS.indexOf(sentence.charAt(last)) >= 0;
  }
}
