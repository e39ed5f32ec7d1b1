package org.terraformer.app.text;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the words of texts, as GPT-2 parts a text in words before it makes tokens of them: a word holds the space before it. */
final class WordCounts {
  private static final Pattern WORD =
      Pattern.compile("(?U)'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

  private final Map<String, long[]> counts = new HashMap<>();

  void add(String text) {
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      counts.computeIfAbsent(matcher.group(), word -> new long[1])[0]++;
    }
  }

  /** Each word with an array of one count. */
  Map<String, long[]> counts() {
    return counts;
  }
}
