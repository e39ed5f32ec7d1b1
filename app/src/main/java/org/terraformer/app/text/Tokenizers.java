package org.terraformer.app.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/** Finds the tokenizer of a model. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * The tokenizer whose file is in the folder, as {@code *.subword}, or that the configuration names, if any.
   *
   * @throws InvalidInputException if it names one that does not exist, or whose ids the model does not have
   */
  public static Optional<Tokenizer> of(ModelConfig config, Optional<Path> folder) {
    Optional<Path> subwords = folder.flatMap(Tokenizers::subwordFile);
    if (subwords.isPresent()) {
      return Optional.of(fitting(SubwordTokenizer.read(subwords.get()), config));
    }
    if (config.tokenizer().isEmpty()) {
      return Optional.empty();
    }
    Object name = config.tokenizer().get() instanceof Map<?, ?> map ? map.get("type") : config.tokenizer().get();
    if (!"bytes".equals(name)) {
      throw InvalidInputException.of("The field tokenizer is %s but must be bytes.", name);
    }
    return Optional.of(fitting(new ByteTokenizer(), config));
  }

  private static Tokenizer fitting(Tokenizer tokenizer, ModelConfig config) {
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      throw InvalidInputException.of("The tokenizer has %d ids but the model's vocabulary only %d.",
          tokenizer.vocabularySize(), config.vocabularySize());
    }
    return tokenizer;
  }

  private static Optional<Path> subwordFile(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".subword")).sorted().toList();
      if (found.size() > 1) {
        throw InvalidInputException.of("The model folder %s has more than one vocabulary: %s and %s.", folder,
            found.get(0).getFileName(), found.get(1).getFileName());
      }
      return found.stream().findFirst();
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be read: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
