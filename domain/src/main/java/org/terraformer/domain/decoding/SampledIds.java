package org.terraformer.domain.decoding;

/** Ids that are chosen here, among the logits of the whole vocabulary. */
final class SampledIds implements NextIds {
  private final DecodingSession session;
  private final Sampler sampler;
  private final int vocabulary;
  private final float[] logits;

  SampledIds(DecodingSession session, GenerationRequest request, int sequences) {
    this.session = session;
    this.vocabulary = session.vocabularySize();
    this.sampler = new Sampler(request.sampling(), vocabulary);
    this.logits = new float[sequences * vocabulary];
  }

  @Override
  public void read(int sequences) {
    session.readLogits(logits, sequences);
  }

  @Override
  public void copyFirst(int sequence) {
    System.arraycopy(logits, 0, logits, sequence * vocabulary, vocabulary);
  }

  @Override
  public int choose(GrowingSample sample) {
    return sampler.choose(logits, sample.slot * vocabulary, sample.seen, sample.random);
  }

  @Override
  public double logProbability(int slot, int id) {
    return Logits.logProbability(logits, slot * vocabulary, vocabulary, id);
  }
}
