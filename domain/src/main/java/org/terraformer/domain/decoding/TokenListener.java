package org.terraformer.domain.decoding;

/** Hears of tokens as they are generated. */
@FunctionalInterface
public interface TokenListener {

  /** Nobody listens. */
  TokenListener NONE = (sample, id, text) -> true;

  /**
   * @param sample the number of the sample, from 0
   * @param id the token, or -1 where only held-back text comes at the end of a sample
   * @param text what has become certain of the sample's text; empty while a character or a possible stop text is incomplete
   * @return whether to go on
   */
  boolean generated(int sample, int id, String text);
}
