package org.terraformer.tornado.kernel;

/** Which of a plan's grids a run uses. A plan has both from the start, and its kernels are compiled for either. */
public enum Grid {
  /** For runs of one row of each sequence, as in decoding. */
  STEP,
  /** For runs of several rows of a sequence, as those of a prompt. */
  PROMPT;

  /**
   * @param length rows of each sequence
   */
  public static Grid of(int length) {
    return length > 1 ? PROMPT : STEP;
  }
}
