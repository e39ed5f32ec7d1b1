package org.terraformer.domain.decoding;

import java.util.Arrays;

/**
 * Ids that are drawn here, among the likeliest that a {@link TokenChoice} has found where the logits are: by the same random numbers the
 * same ids that would be drawn among all logits, as the others have no part in the draw.
 */
final class LikeliestIds implements NextIds {
  private static final boolean[] UNPENALISED = new boolean[0];

  private final DecodingSession session;
  private final int count;
  private final int most;
  private final Sampler sampler;
  /** Pairs of a logit and its id, the likeliest first. */
  private final float[] pairs;
  private final float[] probabilities;
  /** The ids of a sequence from the lowest on, which is the order in which the sampler draws, and their logits. */
  private final int[] ids;
  private final float[] logits;

  /** For requests for which {@link #serves} holds, in a session that was told their count. */
  LikeliestIds(DecodingSession session, GenerationRequest request, int sequences) {
    this.session = session;
    this.count = request.sampling().topK();
    this.most = session.mostLikeliest();
    this.sampler = new Sampler(request.sampling(), count);
    this.pairs = new float[sequences * most * 2];
    this.probabilities = new float[sequences];
    this.ids = new int[count];
    this.logits = new float[count];
  }

  /** Whether the likeliest ids are all that a request needs, and the session's program finds so many. */
  static boolean serves(DecodingSession session, GenerationRequest request) {
    Sampling sampling = request.sampling();
    return sampling.topK() > 0 && sampling.topK() <= session.mostLikeliest() && sampling.repetitionPenalty() == 1;
  }

  @Override
  public void read(int sequences) {
    session.readLikeliest(pairs, probabilities, sequences);
  }

  @Override
  public void copyFirst(int sequence) {
    System.arraycopy(pairs, 0, pairs, sequence * most * 2, most * 2);
    probabilities[sequence] = probabilities[0];
  }

  @Override
  public int choose(GrowingSample sample) {
    int start = sample.slot * most * 2;
    for (int i = 0; i < count; i++) {
      ids[i] = (int) pairs[start + 2 * i + 1];
    }
    Arrays.sort(ids);
    for (int i = 0; i < count; i++) {
      logits[Arrays.binarySearch(ids, (int) pairs[start + 2 * i + 1])] = pairs[start + 2 * i];
    }
    return ids[sampler.choose(logits, 0, UNPENALISED, sample.random)];
  }

  @Override
  public double logProbability(int slot, int id) {
    int start = slot * most * 2;
    int place = start;
    while ((int) pairs[place + 1] != id) {
      place += 2;
    }
    return Math.log(probabilities[slot]) + pairs[place] - pairs[start];
  }
}
