package org.terraformer.domain.evaluation.rouge;

import java.util.EnumMap;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;

/** The means of the scores of several candidates: of the precisions, the recalls and the F1, each by itself. */
public final class RougeMean {
  private final Map<RougeType, RougeScore> sums = new EnumMap<>(RougeType.class);
  private int count;

  /** Counts the scores of one candidate. */
  public void add(Map<RougeType, RougeScore> scores) {
    scores.forEach((type, score) -> sums.merge(type, score, (a, b) ->
        new RougeScore(a.precision() + b.precision(), a.recall() + b.recall(), a.f1() + b.f1())));
    count++;
  }

  /** How many candidates were counted. */
  public int count() {
    return count;
  }

  /**
   * @throws InvalidInputException if no candidate was counted
   */
  public Map<RougeType, RougeScore> scores() {
    if (count == 0) {
      throw new InvalidInputException("There are no texts to compute ROUGE of.");
    }
    Map<RougeType, RougeScore> means = new EnumMap<>(RougeType.class);
    sums.forEach((type, sum) -> means.put(type,
        new RougeScore(sum.precision() / count, sum.recall() / count, sum.f1() / count)));
    return means;
  }
}
