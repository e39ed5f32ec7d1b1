package org.terraformer.domain.training;

import org.terraformer.domain.config.Options;

/**
 * When and on how much text a model is validated while it is trained, and saved.
 *
 * @param interval steps from one to the next
 * @param tokens to validate on at most
 * @param fraction of the training text that is put aside for it, where there is no text for validation alone
 */
public record Validation(int interval, int tokens, double fraction) {

  static Validation of(Options options) {
    Validation validation = new Validation(options.size("interval", 100), options.size("tokens", 20_000),
        options.number("fraction", 0, 0.5, 0.01));
    options.finish();
    return validation;
  }
}
