package org.terraformer.domain.evaluation.rouge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The stem of an English word by Porter's algorithm (An algorithm for suffix stripping, 1980), with the exceptions and changes that NLTK
 * has and ROUGE is computed with: a few irregular words, {@code ies} of short words, and the suffixes {@code bli}, {@code fulli} and
 * {@code logi}.
 *
 * <p>A word is {@code [C](VC)^m[V]} with C a run of consonants and V a run of vowels; m is its measure.
 */
final class PorterStemmer {
  private static final Map<String, String> IRREGULAR = irregular();

  private static final List<Rule> PLURALS = List.of(
      new Rule("sses", "ss"), new Rule("ies", "i"), new Rule("ss", "ss"), new Rule("s", ""));

  private static final List<Rule> DOUBLE_SUFFIXES = rules(1, "ational ate tional tion enci ence anci ance izer ize bli ble alli al "
      + "entli ent eli e ousli ous ization ize ation ate ator ate alism al iveness ive fulness ful ousness ous aliti al iviti ive "
      + "biliti ble fulli ful");

  private static final List<Rule> SUFFIXES = rules(1, "icate ic ative - alize al iciti ic ical ic ful - ness -");

  private static final List<Rule> LAST_SUFFIXES = rules(2, "al - ance - ence - er - ic - able - ible - ant - ement - ment - ent - "
      + "ion - ou - ism - ate - iti - ous - ive - ize -");

  private PorterStemmer() {}

  /** A suffix and what stands in its place where what is before it has a large enough measure. */
  private record Rule(String suffix, String replacement, int leastMeasure) {
    private Rule(String suffix, String replacement) {
      this(suffix, replacement, 0);
    }
  }

  private static List<Rule> rules(int leastMeasure, String pairs) {
    String[] words = pairs.split(" ");
    Rule[] rules = new Rule[words.length / 2];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = new Rule(words[2 * i], words[2 * i + 1].replace("-", ""), leastMeasure);
    }
    return List.of(rules);
  }

  private static Map<String, String> irregular() {
    Map<String, String> stems = new HashMap<>();
    Map<String, String> wordsByStem = Map.of("sky", "sky skies", "die", "dying", "lie", "lying", "tie", "tying", "news", "news",
        "inning", "innings inning", "outing", "outings outing", "canning", "cannings canning", "howe", "howe");
    wordsByStem.forEach((stem, words) -> List.of(words.split(" ")).forEach(word -> stems.put(word, stem)));
    List.of("proceed", "exceed", "succeed").forEach(word -> stems.put(word, word));
    return Map.copyOf(stems);
  }

  /** The stem of a word in lower case. */
  static String stem(String word) {
    if (IRREGULAR.containsKey(word)) {
      return IRREGULAR.get(word);
    }
    if (word.length() <= 2) {
      return word;
    }
    return withoutDoubleL(withoutE(lastSuffix(apply(SUFFIXES, doubleSuffix(finalY(pastOrParticiple(plural(word))))))));
  }

  private static String plural(String word) {
    return word.endsWith("ies") && word.length() == 4 ? cut(word, 1) : apply(PLURALS, word);
  }

  private static String pastOrParticiple(String word) {
    if (word.endsWith("ied")) {
      return cut(word, word.length() == 4 ? 1 : 2);
    }
    if (word.endsWith("eed")) {
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    for (String suffix : List.of("ed", "ing")) {
      String before = cut(word, word.endsWith(suffix) ? suffix.length() : 0);
      if (word.endsWith(suffix) && hasVowel(before)) {
        return completed(before);
      }
    }
    return word;
  }

  /** Puts back what {@code ed} and {@code ing} have changed. */
  private static String completed(String word) {
    if (word.endsWith("at") || word.endsWith("bl") || word.endsWith("iz")) {
      return word + "e";
    }
    if (endsWithDoubleConsonant(word)) {
      return "lsz".indexOf(last(word)) < 0 ? cut(word, 1) : word;
    }
    return measure(word) == 1 && endsShort(word) ? word + "e" : word;
  }

  private static String finalY(String word) {
    String before = word.endsWith("y") ? cut(word, 1) : "";
    return before.length() > 1 && isConsonant(before, before.length() - 1) ? before + "i" : word;
  }

  private static String doubleSuffix(String word) {
    if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
      return doubleSuffix(cut(word, 2));
    }
    if (word.endsWith("logi")) {
      return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
    }
    return apply(DOUBLE_SUFFIXES, word);
  }

  private static String lastSuffix(String word) {
    boolean keptIon = word.endsWith("ion") && !word.endsWith("sion") && !word.endsWith("tion");
    return keptIon ? word : apply(LAST_SUFFIXES, word);
  }

  private static String withoutE(String word) {
    if (!word.endsWith("e")) {
      return word;
    }
    String before = cut(word, 1);
    int measure = measure(before);
    return measure > 1 || measure == 1 && !endsShort(before) ? before : word;
  }

  private static String withoutDoubleL(String word) {
    return word.endsWith("ll") && measure(cut(word, 1)) > 1 ? cut(word, 1) : word;
  }

  /** The first rule whose suffix the word has decides. */
  private static String apply(List<Rule> rules, String word) {
    for (Rule rule : rules) {
      if (word.endsWith(rule.suffix)) {
        String before = cut(word, rule.suffix.length());
        return rule.leastMeasure == 0 || measure(before) >= rule.leastMeasure ? before + rule.replacement : word;
      }
    }
    return word;
  }

  private static String cut(String word, int count) {
    return word.substring(0, word.length() - count);
  }

  private static char last(String word) {
    return word.charAt(word.length() - 1);
  }

  /** A letter other than a, e, i, o, u, and y where it does not follow a consonant. */
  private static boolean isConsonant(String word, int index) {
    char letter = word.charAt(index);
    return letter == 'y' ? index == 0 || !isConsonant(word, index - 1) : "aeiou".indexOf(letter) < 0;
  }

  private static int measure(String word) {
    int measure = 0;
    for (int i = 1; i < word.length(); i++) {
      measure += isConsonant(word, i) && !isConsonant(word, i - 1) ? 1 : 0;
    }
    return measure;
  }

  private static boolean hasVowel(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!isConsonant(word, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWithDoubleConsonant(String word) {
    int end = word.length() - 1;
    return end > 0 && word.charAt(end) == word.charAt(end - 1) && isConsonant(word, end);
  }

  /** Whether it ends with consonant, vowel, consonant other than w, x and y, or is a vowel and a consonant. */
  private static boolean endsShort(String word) {
    int end = word.length() - 1;
    if (end < 1 || !isConsonant(word, end) || isConsonant(word, end - 1)) {
      return false;
    }
    return end == 1 || isConsonant(word, end - 2) && "wxy".indexOf(last(word)) < 0;
  }
}
