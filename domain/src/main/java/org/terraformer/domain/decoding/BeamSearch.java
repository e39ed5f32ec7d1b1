package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Beam search: of all continuations of the kept sequences by one token, the most likely are kept. A sequence's likelihood is the sum of the
 * log-probabilities of its generated tokens; those that are done are compared by that sum over length^penalty. Without stop ids and penalty
 * it is the search of the reference implementation. Of equally likely continuations the one of the better sequence, then the lower id, wins.
 *
 * <p>It needs {@link #slotsNeeded} sequence slots: the states of one step's sequences lie in one half, the next step's in the other.
 */
public final class BeamSearch {
  private final DecodingSession session;

  public BeamSearch(DecodingSession session) {
    this.session = session;
  }

  /** The sequence slots that a search with so many beams needs. */
  public static int slotsNeeded(int beams) {
    return 2 * beams;
  }

  /**
   * A found sequence.
   *
   * @param ids the generated ids, without the prompt and without the id that ended it
   * @param score the sum of log-probabilities over length^penalty, the ending id counted
   */
  public record Beam(List<Integer> ids, double score) {
    public Beam {
      ids = List.copyOf(ids);
    }
  }

  /**
   * @param lengthPenalty the exponent of the length that scores are divided by; 0 compares plain sums
   * @return as many sequences as there are beams at most, best first
   * @throws InvalidInputException if a number is out of range or the prompt does not fit
   */
  public List<Beam> search(int[] prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds) {
    check(prompt, beams, maxTokens, lengthPenalty);
    int vocabulary = session.vocabularySize();
    session.reset(0);
    session.feed(0, prompt, prompt.length);
    float[] logits = new float[beams * vocabulary];
    session.readLogits(logits, 1);
    List<Partial> partials = List.of(new Partial(List.of(), 0, 0));
    List<Beam> done = new ArrayList<>();
    int half = 0;
    for (int length = 1; length <= maxTokens; length++) {
      session.progress().progressed("searching", length - 1, maxTokens);
      List<Partial> kept = new ArrayList<>();
      for (Partial candidate : best(partials, logits, vocabulary, beams + stopIds.size() * beams)) {
        if (stopIds.contains(candidate.ids.getLast())) {
          done.add(new Beam(candidate.ids.subList(0, length - 1), candidate.sum / Math.pow(length, lengthPenalty)));
        } else if (kept.size() < beams) {
          kept.add(candidate);
        }
      }
      partials = kept;
      if (kept.isEmpty() || length == maxTokens || prompt.length + length > session.capacity() || enough(done, kept, beams, length, lengthPenalty)) {
        break;
      }
      half = step(kept, half, beams, logits);
    }
    session.progress().progressed("searching", maxTokens, maxTokens);
    for (Partial partial : partials) {
      done.add(new Beam(partial.ids, partial.sum / Math.pow(Math.max(1, partial.ids.size()), lengthPenalty)));
    }
    done.sort(Comparator.comparingDouble(Beam::score).reversed());
    return List.copyOf(done.subList(0, Math.min(beams, done.size())));
  }

  /** Moves the states of the kept sequences to the other half of the slots and feeds each its newest token. */
  private int step(List<Partial> kept, int half, int beams, float[] logits) {
    int from = half * beams;
    int to = (1 - half) * beams;
    int[] next = new int[kept.size()];
    for (int i = 0; i < next.length; i++) {
      session.fork(from + kept.get(i).parent, to + i);
      next[i] = kept.get(i).ids.getLast();
    }
    session.step(to, next.length, next);
    session.readLogits(logits, next.length);
    return 1 - half;
  }

  // Sums only fall, so once enough sequences are done that beat the best unfinished one, longer ones can't win without a penalty.
  private static boolean enough(List<Beam> done, List<Partial> kept, int beams, int length, double lengthPenalty) {
    double best = kept.getFirst().sum / Math.pow(length, lengthPenalty);
    return lengthPenalty == 0 && done.stream().filter(beam -> beam.score() >= best).count() >= beams;
  }

  private record Partial(List<Integer> ids, double sum, int parent) {}

  private record Candidate(int parent, int id, double sum) {}

  private static List<Partial> best(List<Partial> partials, float[] logits, int vocabulary, int count) {
    List<Candidate> candidates = new ArrayList<>();
    Comparator<Candidate> order = Comparator.comparingDouble(Candidate::sum).reversed()
        .thenComparingInt(Candidate::parent).thenComparingInt(Candidate::id);
    for (int parent = 0; parent < partials.size(); parent++) {
      double normaliser = -DecodingSession.logProbability(logits, parent * vocabulary, vocabulary, 0) + logits[parent * vocabulary];
      for (int id = 0; id < vocabulary; id++) {
        double sum = partials.get(parent).sum + logits[parent * vocabulary + id] - normaliser;
        if (Double.isNaN(sum)) {
          throw InvalidInputException.of("The model gave the token %d the logit %s, so its weights or inputs are broken.",
              id, logits[parent * vocabulary + id]);
        }
        candidates.add(new Candidate(parent, id, sum));
      }
    }
    candidates.sort(order);
    List<Partial> best = new ArrayList<>();
    for (Candidate candidate : candidates.subList(0, Math.min(count, candidates.size()))) {
      List<Integer> ids = new ArrayList<>(partials.get(candidate.parent).ids);
      ids.add(candidate.id);
      best.add(new Partial(ids, candidate.sum, candidate.parent));
    }
    return best;
  }

  private void check(int[] prompt, int beams, int maxTokens, double lengthPenalty) {
    if (beams < 1 || beams > session.slots() / 2) {
      throw InvalidInputException.of("The number of beams is %d but must be from 1 to %d, half of the sequence slots.",
          beams, session.slots() / 2);
    }
    if (maxTokens < 1) {
      throw InvalidInputException.of("The number of tokens to generate is %d but must be at least 1.", maxTokens);
    }
    if (!(lengthPenalty >= 0 && lengthPenalty <= 10)) {
      throw InvalidInputException.of("The length penalty is %s but must be from 0 to 10.", lengthPenalty);
    }
    if (prompt.length > session.capacity()) {
      throw InvalidInputException.of("The prompt has %d tokens but the model's context holds %d.", prompt.length, session.capacity());
    }
  }
}
