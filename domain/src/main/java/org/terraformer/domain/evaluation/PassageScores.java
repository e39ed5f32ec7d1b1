package org.terraformer.domain.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.terraformer.ports.progress.ProgressListener;

/**
 * How well passages were predicted, in their order. Passages of the same length are run together; nothing is padded.
 */
public final class PassageScores {
  private final double[] nats;
  private final int[] tokens;
  private final boolean[] right;

  private PassageScores(int count) {
    this.nats = new double[count];
    this.tokens = new int[count];
    this.right = new boolean[count];
  }

  /** Scores passages; of one that is longer than the model's context, the end. */
  public static PassageScores of(List<Passage> passages, Scorer scorer, ProgressListener progress) {
    PassageScores scores = new PassageScores(passages.size());
    List<Passage> fitting = passages.stream().map(passage -> passage.within(scorer.longest())).toList();
    List<Integer> order = IntStream.range(0, passages.size()).boxed()
        .sorted(Comparator.comparing(i -> fitting.get(i).tokens().length)).toList();
    List<Integer> group = new ArrayList<>();
    int done = 0;
    for (int i : order) {
      int length = fitting.get(i).tokens().length;
      boolean full = group.size() == Math.max(1, Math.min(scorer.sequences(), scorer.rows() / length));
      if (!group.isEmpty() && (full || fitting.get(group.getFirst()).tokens().length != length)) {
        done += scores.run(group, fitting, scorer);
        progress.progressed("scoring", done, passages.size());
      }
      group.add(i);
    }
    if (!group.isEmpty()) {
      scores.run(group, fitting, scorer);
    }
    progress.progressed("scoring", passages.size(), passages.size());
    return scores;
  }

  private int run(List<Integer> group, List<Passage> passages, Scorer scorer) {
    int length = passages.get(group.getFirst()).tokens().length;
    int kept = group.stream().mapToInt(i -> passages.get(i).scored()).max().orElseThrow();
    int[] all = new int[group.size() * length];
    for (int place = 0; place < group.size(); place++) {
      System.arraycopy(passages.get(group.get(place)).tokens(), 0, all, place * length, length);
    }
    scorer.run(all, group.size(), length, kept);
    for (int place = 0; place < group.size(); place++) {
      int i = group.get(place);
      tokens[i] = passages.get(i).scored();
      right[i] = true;
      for (int at = (place + 1) * kept - tokens[i]; at < (place + 1) * kept; at++) {
        nats[i] += scorer.loss(at);
        right[i] &= scorer.predicted(at);
      }
    }
    int count = group.size();
    group.clear();
    return count;
  }

  public int count() {
    return nats.length;
  }

  /** The negative log-probability of a passage's scored tokens, in nats. */
  public double nats(int passage) {
    return nats[passage];
  }

  public int tokens(int passage) {
    return tokens[passage];
  }

  /** Whether each scored token was the most likely one. */
  public boolean right(int passage) {
    return right[passage];
  }
}
