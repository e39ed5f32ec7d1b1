package org.terraformer.ports.recording;

import org.terraformer.ports.failure.InvalidInputException;

/**
 * How often a model leaves out elements at random while it is trained, so that it does not rely on any of them (Srivastava et al., 2014).
 *
 * @param hidden of embedded tokens, of positions and of what each layer adds to them
 * @param feedForward of the hidden units of dense feed-forward layers
 * @param attention of attention weights
 * @param sharedOverTime whether hidden elements are left out of all rows of a sequence or of none
 */
public record DropoutRates(double hidden, double feedForward, double attention, boolean sharedOverTime) {
  /** Nothing is left out. */
  public static final DropoutRates NONE = new DropoutRates(0, 0, 0, false);

  /**
   * @throws InvalidInputException if a rate is not from 0 to below 1
   */
  public DropoutRates {
    check("hidden", hidden);
    check("feed_forward", feedForward);
    check("attention", attention);
  }

  private static void check(String name, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw InvalidInputException.of("The dropout rate %s is %s but must be from 0 to below 1.", name, rate);
    }
  }
}
