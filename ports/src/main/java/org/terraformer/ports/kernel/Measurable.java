package org.terraformer.ports.kernel;

/** What an {@link Executable} may offer, besides running, to those who measure it. */
public interface Measurable {

  /**
   * Writes these elements, again and again, over all floating-point state of a slot: a sequence can then be timed as if it had been
   * fed with many tokens.
   */
  void fillState(int slot, float[] elements);

  /** Times every step of the runs that are made in here. */
  RunProfile profile(Runnable runs);
}
