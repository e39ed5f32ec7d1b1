package org.terraformer.domain.evaluation.rouge;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The words that ROUGE compares: a text in lower case, parted at whatever is neither a letter from a to z nor a digit. Of a word of
 * more than three characters the stem may be taken.
 *
 * @param stemmed whether it is
 */
record RougeWords(boolean stemmed) {
  private static final Pattern BETWEEN = Pattern.compile("[^a-z0-9]+");
  private static final int LONGEST_WHOLE = 3;

  List<String> of(String text) {
    return BETWEEN.splitAsStream(text.toLowerCase(Locale.ROOT)).filter(word -> !word.isEmpty())
        .map(word -> stemmed && word.length() > LONGEST_WHOLE ? PorterStemmer.stem(word) : word).toList();
  }

  /** The words of each line that has some. */
  List<List<String>> ofLines(String text) {
    return Stream.of(text.split("\n")).map(this::of).filter(words -> !words.isEmpty()).toList();
  }
}
