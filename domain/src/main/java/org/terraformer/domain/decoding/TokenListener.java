package org.terraformer.domain.decoding;

/** Hears of tokens as they are generated. */
@FunctionalInterface
public interface TokenListener {

  /** Nobody listens. */
  TokenListener NONE = (sample, id, text) -> true;

  /**
   * Called once for each token, and once more at the end of a sample if text was held back. Of samples that are decoded together
   * each hears of its next token in turn, the lowest number first.
   *
   * @param sample the number of the sample, from 0
   * @param id the token, or -1 where only held-back text comes at the end of a sample
   * @param text what has become certain of the sample's text; empty while a character or a possible stop text is incomplete
   * @return whether to go on; no ends all samples
   */
  boolean generated(int sample, int id, String text);
}
