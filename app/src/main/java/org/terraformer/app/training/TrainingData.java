package org.terraformer.app.training;

import org.terraformer.app.data.CachedTokens;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.TokenSequence;

/**
 * The text to train on and the text to validate on.
 *
 * @param bytesPerToken of the text to validate on, in UTF-8
 */
public record TrainingData(TokenSequence training, TokenSequence validation, double bytesPerToken) {

  /** Two texts. */
  public static TrainingData of(CachedTokens training, CachedTokens validation, TrainingConfig config) {
    return checked(training, validation, validation, config);
  }

  /** One text, whose end is put aside for validation. */
  public static TrainingData split(CachedTokens all, TrainingConfig config) {
    long aside = Math.max(config.length(), Math.round(all.length() * config.validation().fraction()));
    long border = Math.max(0, all.length() - aside);
    return checked(all.part(0, border), all.part(border, all.length()), all, config);
  }

  private static TrainingData checked(TokenSequence training, TokenSequence validation, CachedTokens source,
      TrainingConfig config) {
    if (training.length() < config.length() || validation.length() < config.length()) {
      throw InvalidInputException.of("There are %,d tokens to train on and %,d to validate on, but each needs one window of %d.",
          training.length(), validation.length(), config.length());
    }
    return new TrainingData(training, validation, (double) source.textBytes() / source.length());
  }
}
