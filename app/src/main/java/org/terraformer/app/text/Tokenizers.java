package org.terraformer.app.text;

import java.util.Map;
import java.util.Optional;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/** Finds the tokenizer of a model. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * The tokenizer that a configuration names, if any.
   *
   * @throws InvalidInputException if it names one that does not exist, or whose ids the model does not have
   */
  public static Optional<Tokenizer> of(ModelConfig config) {
    if (config.tokenizer().isEmpty()) {
      return Optional.empty();
    }
    Object name = config.tokenizer().get() instanceof Map<?, ?> map ? map.get("type") : config.tokenizer().get();
    if (!"bytes".equals(name)) {
      throw InvalidInputException.of("The field tokenizer is %s but must be bytes.", name);
    }
    Tokenizer tokenizer = new ByteTokenizer();
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw InvalidInputException.of("The tokenizer has %d ids but the model's vocabulary only %d.",
          tokenizer.vocabularySize(), config.vocabularySize());
    }
    return Optional.of(tokenizer);
  }
}
