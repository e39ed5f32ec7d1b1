package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Beam search: of all continuations of the kept sequences by one token, the most likely are kept. A sequence's likelihood is the
 * sum of the log-probabilities of its generated tokens. Those that end with a stop id while they are among the most likely are
 * done; what was found is compared by {@code sum / length^penalty}. Of equally likely continuations the one of the better
 * sequence, then the lower id, wins. One beam without penalty finds what greedy decoding finds; without stop ids and penalty this
 * is the search of the reference implementation.
 *
 * <p>It needs {@link #slotsNeeded} sequence slots, of which it uses the first.
 */
public final class BeamSearch {
  private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(Candidate::sum).reversed()
      .thenComparingInt(Candidate::parent).thenComparingInt(Candidate::id);

  private final DecodingSession session;

  public BeamSearch(DecodingSession session) {
    this.session = session;
  }

  /** The sequence slots that a search with so many beams needs. */
  public static int slotsNeeded(int beams) {
    return beams;
  }

  /**
   * A found sequence.
   *
   * @param ids the generated ids, without the prompt and without the id that ended it
   * @param score the sum of log-probabilities over length^penalty, the ending id counted
   * @param reason a stop id, or what kept it from going on
   */
  public record Beam(List<Integer> ids, double score, FinishReason reason) {
    public Beam {
      ids = List.copyOf(ids);
    }
  }

  /** A kept sequence, whose state lies in a slot. */
  private record Sequence(List<Integer> ids, double sum, int slot) {}

  /** A kept sequence's continuation by one id. */
  private record Candidate(int parent, int id, double sum) {}

  /** As {@link #search(int[], int, int, double, Set, BooleanSupplier)}, to the end. */
  public List<Beam> search(int[] prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds) {
    return search(prompt, beams, maxTokens, lengthPenalty, stopIds, () -> true);
  }

  /**
   * @param lengthPenalty the exponent of the length that scores are divided by; 0 compares plain sums
   * @param goesOn asked before each token but the first; where it says no, what was found so far is the result, the sequences that
   *     are still open among it
   * @return as many sequences as there are beams at most, best first
   * @throws InvalidInputException if a number is out of range, the prompt does not fit, or a logit is not a number
   */
  public List<Beam> search(int[] prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds,
      BooleanSupplier goesOn) {
    check(prompt, beams, maxTokens, lengthPenalty, stopIds);
    float[] logits = new float[beams * session.vocabularySize()];
    session.reset(0);
    session.feed(0, prompt, prompt.length);
    session.readLogits(logits, 1);
    int longest = Math.min(maxTokens, session.capacity() - prompt.length + 1);
    FinishReason limit = longest == maxTokens ? FinishReason.MAX_TOKENS : FinishReason.CONTEXT_FULL;
    List<Beam> found = new ArrayList<>();
    List<Sequence> open = List.of(new Sequence(List.of(), 0, 0));
    for (int length = 1; !open.isEmpty(); length++) {
      if (length > 1 && !goesOn.getAsBoolean()) {
        for (Sequence sequence : open) {
          double score = sequence.sum / Math.pow(length - 1, lengthPenalty);
          found.add(new Beam(sequence.ids, score, FinishReason.CANCELLED));
        }
        break;
      }
      session.progress().progressed("searching", length - 1, longest);
      List<Candidate> ranked = mostLikely(open, logits, beams * (1 + stopIds.size()));
      List<Candidate> kept = new ArrayList<>();
      double divisor = Math.pow(length, lengthPenalty);
      for (int rank = 0; rank < ranked.size(); rank++) {
        Candidate candidate = ranked.get(rank);
        if (!stopIds.contains(candidate.id)) {
          kept.add(candidate);
        } else if (rank < beams) {
          found.add(new Beam(open.get(candidate.parent).ids, candidate.sum / divisor, FinishReason.STOP_ID));
        }
      }
      kept = kept.subList(0, Math.min(beams, kept.size()));
      if (length == longest) {
        for (Candidate candidate : kept) {
          found.add(new Beam(ids(open, candidate), candidate.sum / divisor, limit));
        }
        break;
      }
      // Sums only fall, so this is the best that any sequence still open can reach.
      if (!kept.isEmpty() && atLeast(found, kept.getFirst().sum / Math.pow(longest, lengthPenalty)) >= beams) {
        break;
      }
      open = settle(open, kept);
      step(open, logits);
    }
    session.progress().progressed("searching", longest, longest);
    found.sort(Comparator.comparingDouble(Beam::score).reversed());
    return List.copyOf(found.subList(0, Math.min(beams, found.size())));
  }

  private static long atLeast(List<Beam> found, double score) {
    return found.stream().filter(beam -> beam.score() >= score).count();
  }

  /** The most likely continuations that are possible at all, best first. */
  private List<Candidate> mostLikely(List<Sequence> open, float[] logits, int count) {
    int vocabulary = session.vocabularySize();
    PriorityQueue<Candidate> best = new PriorityQueue<>(BEST_FIRST.reversed());
    for (int parent = 0; parent < open.size(); parent++) {
      int start = open.get(parent).slot * vocabulary;
      double normaliser = Logits.normaliser(logits, start, vocabulary);
      for (int id = 0; id < vocabulary; id++) {
        double sum = open.get(parent).sum + (logits[start + id] - normaliser);
        if (best.size() == count && sum > best.peek().sum) {
          best.poll();
        }
        if (best.size() < count && sum > Double.NEGATIVE_INFINITY) {
          best.add(new Candidate(parent, id, sum));
        }
      }
    }
    List<Candidate> ranked = new ArrayList<>(best);
    ranked.sort(BEST_FIRST);
    return ranked;
  }

  private static List<Integer> ids(List<Sequence> open, Candidate candidate) {
    List<Integer> ids = new ArrayList<>(open.get(candidate.parent).ids);
    ids.add(candidate.id);
    return ids;
  }

  /**
   * Gives the kept continuations the slots from 0 on. The first of a sequence stays in its slot where that is one of them, and
   * the others get copies of its state; no state that is still to be copied is overwritten, as its slot is either taken or beyond
   * those given.
   */
  private List<Sequence> settle(List<Sequence> open, List<Candidate> kept) {
    Sequence[] settled = new Sequence[kept.size()];
    int[] slots = new int[settled.length];
    boolean[] taken = new boolean[settled.length];
    Arrays.fill(slots, -1);
    for (int i = 0; i < slots.length; i++) {
      int slot = open.get(kept.get(i).parent).slot;
      if (slot < taken.length && !taken[slot]) {
        slots[i] = slot;
        taken[slot] = true;
      }
    }
    int free = 0;
    for (int i = 0; i < slots.length; i++) {
      Candidate candidate = kept.get(i);
      if (slots[i] < 0) {
        while (taken[free]) {
          free++;
        }
        taken[free] = true;
        slots[i] = free;
        session.fork(open.get(candidate.parent).slot, free);
      }
      settled[i] = new Sequence(Collections.unmodifiableList(ids(open, candidate)), candidate.sum, slots[i]);
    }
    return List.of(settled);
  }

  /** Feeds each sequence its newest token. */
  private void step(List<Sequence> open, float[] logits) {
    if (!open.isEmpty()) {
      int[] next = new int[open.size()];
      for (Sequence sequence : open) {
        next[sequence.slot] = sequence.ids.getLast();
      }
      session.step(0, next.length, next);
      session.readLogits(logits, next.length);
    }
  }

  private void check(int[] prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds) {
    if (beams < 1 || beams > session.slotsTogether()) {
      throw InvalidInputException.of("The number of beams is %d but must be from 1 to %d, the sequence slots.",
          beams, session.slotsTogether());
    }
    if (maxTokens < 1) {
      throw InvalidInputException.of("The number of tokens to generate is %d but must be at least 1.", maxTokens);
    }
    if (!(lengthPenalty >= 0 && lengthPenalty <= 10)) {
      throw InvalidInputException.of("The length penalty is %s but must be from 0 to 10.", lengthPenalty);
    }
    session.checkPrompt(prompt);
    session.checkStopIds(stopIds);
  }
}
