package org.terraformer.domain.training;

import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The texts that are generated while a model is trained.
 *
 * @param prompt what they begin with
 * @param tokens of each; 0 for no samples
 */
public record Samples(String prompt, int tokens, double temperature) {
  private static final int DEFAULT_TOKENS = 48;

  /**
   * @throws InvalidInputException if the prompt can't be written in any encoding, or the numbers are out of their ranges
   */
  public Samples {
    if (prompt.codePoints().anyMatch(Samples::isHalfACharacter)) {
      throw new InvalidInputException("The field samples.prompt has half of a surrogate pair, which is no character.");
    }
    if (tokens < 0 || !(temperature >= 0 && temperature <= 100)) {
      throw InvalidInputException.of("Samples of %d tokens at temperature %s can't be drawn.", tokens, temperature);
    }
  }

  /**
   * @param wanted whether there are some where the options do not say
   */
  static Samples of(Options options, boolean wanted) {
    Samples samples = new Samples(options.text("prompt", ""), options.integer("tokens", 0, 100_000, wanted ? DEFAULT_TOKENS : 0),
        options.number("temperature", 0, 100, 0.8));
    options.finish();
    return samples;
  }

  private static boolean isHalfACharacter(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
