package org.terraformer.domain.evaluation.rouge;

import java.util.BitSet;
import java.util.List;

/** The longest common subsequence of two lists of words. */
final class CommonSubsequence {
  private CommonSubsequence() {}

  /** How many words it has. */
  static int length(List<String> reference, List<String> candidate) {
    int[] numbers = new int[candidate.size() + 1];
    for (String word : reference) {
      int diagonal = 0;
      for (int j = 1; j <= candidate.size(); j++) {
        int above = numbers[j];
        numbers[j] = word.equals(candidate.get(j - 1)) ? diagonal + 1 : Math.max(above, numbers[j - 1]);
        diagonal = above;
      }
    }
    return numbers[candidate.size()];
  }

  /**
   * Where in the reference the words of one stand. Of several the one is taken that is found from the end, by leaving out a word of the
   * reference where it does not matter which word is left out: ROUGE-Lsum depends on that.
   */
  static BitSet positions(List<String> reference, List<String> candidate) {
    int[][] lengths = lengths(reference, candidate);
    BitSet positions = new BitSet(reference.size());
    int i = reference.size();
    int j = candidate.size();
    while (i > 0 && j > 0) {
      if (reference.get(i - 1).equals(candidate.get(j - 1))) {
        positions.set(--i);
        j--;
      } else if (lengths[i][j - 1] > lengths[i - 1][j]) {
        j--;
      } else {
        i--;
      }
    }
    return positions;
  }

  /** The lengths for all pairs of beginnings. */
  private static int[][] lengths(List<String> reference, List<String> candidate) {
    int[][] lengths = new int[reference.size() + 1][candidate.size() + 1];
    for (int i = 1; i <= reference.size(); i++) {
      for (int j = 1; j <= candidate.size(); j++) {
        lengths[i][j] = reference.get(i - 1).equals(candidate.get(j - 1)) ? lengths[i - 1][j - 1] + 1
            : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
      }
    }
    return lengths;
  }
}
