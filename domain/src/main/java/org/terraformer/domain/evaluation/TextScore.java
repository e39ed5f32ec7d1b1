package org.terraformer.domain.evaluation;

/**
 * How well a text was predicted.
 *
 * @param tokens that were scored
 * @param nats the sum of their negative log-probabilities
 * @param right how many of them were the most likely ones
 */
public record TextScore(long tokens, double nats, long right) {

  /** The mean negative log-probability of a token. */
  public double loss() {
    return nats / tokens;
  }

  /** {@code exp} of the mean negative log-probability of a token. */
  public double perplexity() {
    return Math.exp(loss());
  }

  /**
   * What each byte of the text costs, whatever the tokenizer.
   *
   * @param bytes of the scored text in UTF-8
   */
  public double bitsPerByte(double bytes) {
    return nats / Math.log(2) / bytes;
  }

  /** The share of tokens that were the most likely ones. */
  public double accuracy() {
    return (double) right / tokens;
  }

  TextScore plus(Scorer scorer, int count) {
    long more = 0;
    for (int i = 0; i < count; i++) {
      more += scorer.predicted(i) ? 1 : 0;
    }
    return new TextScore(tokens + count, nats + scorer.sum(count), right + more);
  }
}
