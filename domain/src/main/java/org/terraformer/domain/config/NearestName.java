package org.terraformer.domain.config;

import java.util.Collection;
import java.util.Optional;

/** Guesses which name was meant by a misspelt one. */
final class NearestName {
  private static final int LONGEST = 40;

  private NearestName() {}

  /** The name with the fewest letters to insert, leave out or change; none if they are more than a third of the letters. */
  static Optional<String> of(String misspelt, Collection<String> names) {
    String nearest = null;
    int least = Math.max(2, misspelt.length() / 3) + 1;
    for (String name : names) {
      int distance = misspelt.length() > LONGEST || name.length() > LONGEST ? least : distance(misspelt, name);
      if (distance < least && distance < name.length()) {
        least = distance;
        nearest = name;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** The Levenshtein distance. */
  private static int distance(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, 1 + Math.min(previous[j], row[j - 1]));
      }
      previous = row;
    }
    return previous[to.length()];
  }
}
