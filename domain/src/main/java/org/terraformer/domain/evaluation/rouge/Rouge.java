package org.terraformer.domain.evaluation.rouge;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * ROUGE (Lin, 2004) as the summarisation literature computes it, with Google's {@code rouge_score} as its reference: of a candidate text
 * against a reference text, matches over the candidate's units are the precision and over the reference's units the recall. Units are
 * words, for ROUGE-2 pairs of adjacent words; one that occurs several times matches as often as it occurs in both.
 *
 * <p>ROUGE-L takes each text as one sequence. ROUGE-Lsum takes each line as a sentence: of a sentence of the reference those words match
 * that stand in a longest common subsequence with some sentence of the candidate, each as often as it occurs in both texts.
 *
 * @param stemmed whether words are compared by their stems, those of {@link PorterStemmer}
 */
public record Rouge(boolean stemmed) {

  /** All scores of one candidate. */
  public Map<RougeType, RougeScore> score(String reference, String candidate) {
    RougeWords words = new RougeWords(stemmed);
    List<String> wanted = words.of(reference);
    List<String> given = words.of(candidate);
    Map<RougeType, RougeScore> scores = new EnumMap<>(RougeType.class);
    scores.put(RougeType.ROUGE_1, common(wanted, given, 1));
    scores.put(RougeType.ROUGE_2, common(wanted, given, 2));
    scores.put(RougeType.ROUGE_L, RougeScore.of(CommonSubsequence.length(wanted, given), given.size(), wanted.size()));
    scores.put(RougeType.ROUGE_LSUM, summary(words.ofLines(reference), words.ofLines(candidate)));
    return scores;
  }

  private static RougeScore common(List<String> reference, List<String> candidate, int length) {
    Map<List<String>, Integer> left = counts(reference, length);
    int matches = 0;
    for (int i = 0; i + length <= candidate.size(); i++) {
      matches += take(left, candidate.subList(i, i + length)) ? 1 : 0;
    }
    return RougeScore.of(matches, candidate.size() - length + 1, reference.size() - length + 1);
  }

  private static RougeScore summary(List<List<String>> reference, List<List<String>> candidate) {
    Map<List<String>, Integer> leftOfReference = counts(joined(reference), 1);
    Map<List<String>, Integer> leftOfCandidate = counts(joined(candidate), 1);
    int matches = 0;
    for (List<String> sentence : reference) {
      BitSet matched = new BitSet(sentence.size());
      candidate.forEach(other -> matched.or(CommonSubsequence.positions(sentence, other)));
      for (int i = matched.nextSetBit(0); i >= 0; i = matched.nextSetBit(i + 1)) {
        List<String> word = List.of(sentence.get(i));
        if (leftOfReference.getOrDefault(word, 0) > 0 && take(leftOfCandidate, word)) {
          take(leftOfReference, word);
          matches++;
        }
      }
    }
    return RougeScore.of(matches, joined(candidate).size(), joined(reference).size());
  }

  private static List<String> joined(List<List<String>> sentences) {
    List<String> all = new ArrayList<>();
    sentences.forEach(all::addAll);
    return all;
  }

  private static Map<List<String>, Integer> counts(List<String> words, int length) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int i = 0; i + length <= words.size(); i++) {
      counts.merge(words.subList(i, i + length), 1, Integer::sum);
    }
    return counts;
  }

  /** Takes one of a kind away, if there is one. */
  private static boolean take(Map<List<String>, Integer> counts, List<String> kind) {
    return counts.computeIfPresent(kind, (key, count) -> count == 0 ? null : count - 1) != null;
  }
}
