package org.terraformer.domain.decoding;

/** Ids that a {@link TokenChoice} has chosen where the logits are. */
final class GreedyIds implements NextIds {
  private final DecodingSession session;
  private final int[] ids;
  private final float[] probabilities;

  GreedyIds(DecodingSession session, int sequences) {
    this.session = session;
    this.ids = new int[sequences];
    this.probabilities = new float[sequences];
  }

  @Override
  public void read(int sequences) {
    session.readGreedyIds(ids, probabilities, sequences);
  }

  @Override
  public void copyFirst(int sequence) {
    ids[sequence] = ids[0];
    probabilities[sequence] = probabilities[0];
  }

  @Override
  public int choose(GrowingSample sample) {
    return ids[sample.slot];
  }

  @Override
  public double logProbability(int slot, int id) {
    return Math.log(probabilities[slot]);
  }
}
