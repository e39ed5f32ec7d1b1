package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A model whose weights a training begins with instead of drawing them, as one that was pre-trained.
 *
 * @param folder of the model
 */
public record StartingModel(Path folder, ModelConfig config) {
  private static final String MODEL_TYPE = "model_type";

  /**
   * The model in a folder.
   *
   * @throws InvalidInputException if there is none, or its texts can't be made tokens by a training
   */
  public static StartingModel of(Path folder) {
    ModelConfig config = new ModelFolder(folder).config();
    if (config.tokenizer().orElse(null) instanceof Map<?, ?> named && named.containsKey("reserved_ids")) {
      throw InvalidInputException.of("The model %s has ids in front of its tokenizer's (reserved_ids), with which none can be "
          + "trained.", folder);
    }
    return new StartingModel(folder, config);
  }

  WeightSource weights(Arena arena) {
    return new ModelFolder(folder).weights(arena);
  }

  /**
   * The tokenizer that the model was trained with.
   *
   * @param given the file or the folder of one that is to be the same, if any
   * @throws InvalidInputException if it is another
   */
  public TokenizerFiles tokenizer(Optional<Path> given) {
    Optional<TokenizerFiles> own = Tokenizers.in(folder);
    if (given.isEmpty()) {
      return own.orElseGet(Tokenizers::bytes);
    }
    TokenizerFiles other = Tokenizers.at(given.get());
    if (own.isPresent()) {
      own.get().tokenizer().close();
      if (!own.get().fingerprint().equals(other.fingerprint())) {
        other.tokenizer().close();
        throw InvalidInputException.of("The tokenizer %s is not that of the model %s, whose weights know no other; "
            + "--tokenizer may be left out.", given.get(), folder);
      }
    }
    return other;
  }

  /**
   * The field {@code model} of a training's configuration with what it does not say: that is as in a model, if it is of the same
   * type, but for the length of its sources, which the training decides.
   *
   * @param given the field; null if it is absent
   */
  public static Object completed(Object given, ModelConfig model) {
    Map<String, Object> completed = new LinkedHashMap<>(model.withSourceTokens(OptionalInt.empty()).toMap());
    if (given == null) {
      return completed;
    }
    if (!(given instanceof Map<?, ?> fields)
        || fields.get(MODEL_TYPE) != null && !fields.get(MODEL_TYPE).equals(completed.get(MODEL_TYPE))) {
      return given;
    }
    fields.forEach((name, value) -> completed.put(name.toString(), value));
    return completed;
  }

  /** The fields of a configuration that are others than the model's; its weights may fit all the same. */
  public List<String> differences(ModelConfig other) {
    Map<String, Object> own = config.toMap();
    return other.toMap().entrySet().stream().filter(field -> !field.getKey().equals("generation"))
        .filter(field -> !field.getValue().equals(own.get(field.getKey()))).map(Map.Entry::getKey).toList();
  }
}
