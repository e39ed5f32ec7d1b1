package org.terraformer.app.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The published rules of GPT-2's encoding, slow: in each word the pair that comes first among the merges is joined again. */
final class ByteLevelRules {
  private static final Pattern WORD = Pattern.compile(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private final Map<String, Integer> ids;
  private final Map<String, Integer> ranks = new HashMap<>();
  private final Map<String, List<Integer>> known = new HashMap<>();

  ByteLevelRules(Map<String, Integer> ids, String merges) {
    this.ids = ids;
    merges.lines().skip(1).forEach(pair -> ranks.put(pair, ranks.size()));
  }

  List<Integer> encode(String text) {
    List<Integer> all = new ArrayList<>();
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      all.addAll(known.computeIfAbsent(words.group(), this::word));
    }
    return all;
  }

  private List<Integer> word(String word) {
    List<String> parts = new ArrayList<>();
    for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
      parts.add(SmallVocabularies.BYTE_LEVEL_ENTRIES.get(value & 255));
    }
    while (true) {
      int best = -1;
      for (int i = 0; i + 1 < parts.size(); i++) {
        if (rank(parts, i) < (best < 0 ? Integer.MAX_VALUE : rank(parts, best))) {
          best = i;
        }
      }
      if (best < 0) {
        return parts.stream().map(ids::get).toList();
      }
      String pair = parts.get(best) + " " + parts.get(best + 1);
      for (int i = 0; i + 1 < parts.size(); i++) {
        if ((parts.get(i) + " " + parts.get(i + 1)).equals(pair)) {
          parts.set(i, parts.get(i) + parts.remove(i + 1));
        }
      }
    }
  }

  private int rank(List<String> parts, int i) {
    return ranks.getOrDefault(parts.get(i) + " " + parts.get(i + 1), Integer.MAX_VALUE);
  }
}
