package org.terraformer.app.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The parts of a {@code tokenizer.json} with which the native library would not refuse the file but end the whole program: they
 * are looked at before it sees them.
 */
final class TokenizerParts {
  private TokenizerParts() {}

  /**
   * Checks a file.
   *
   * @throws InvalidInputException naming the file and the part
   */
  static void check(String file, JsonNode root) {
    checkMerges(file, root.path("model"));
    checkRules(file, root.path("normalizer"));
    checkStrips(file, root.path("decoder"));
  }

  /** The library cuts as many bytes off the second entry of a pair as the prefix has characters. */
  private static void checkMerges(String file, JsonNode model) {
    String prefix = model.path("continuing_subword_prefix").asText("");
    if (prefix.isEmpty() || prefix.equals("null")) {
      return;
    }
    for (JsonNode merge : model.path("merges")) {
      String right = merge.isArray() ? merge.path(1).asText() : merge.asText().substring(merge.asText().indexOf(' ') + 1);
      if (!right.startsWith(prefix) || !prefix.chars().allMatch(c -> c < 128)) {
        throw InvalidInputException.of("In %s the pair %s of model.merges must end with an entry that begins with %s, in ASCII.",
            file, VocabularyFile.quoted(merge.isTextual() ? merge.asText() : merge.toString()), VocabularyFile.quoted(prefix));
      }
    }
  }

  private static void checkRules(String file, JsonNode normalizer) {
    if (normalizer.path("type").asText().equals("Precompiled")) {
      try {
        CharacterMap.check(file, Base64.getDecoder().decode(normalizer.path("precompiled_charsmap").asText()));
      } catch (IllegalArgumentException e) {
        throw new InvalidInputException("The field precompiled_charsmap in %s is not in base 64.".formatted(file), e);
      }
    }
    normalizer.forEach(inner -> checkRules(file, inner));
  }

  private static void checkStrips(String file, JsonNode decoder) {
    if (decoder.path("type").asText().equals("Strip") && decoder.path("stop").asLong() != 0) {
      throw InvalidInputException.of("In %s the decoder Strip has the field stop %s but only 0 is known.",
          file, decoder.get("stop"));
    }
    decoder.forEach(inner -> checkStrips(file, inner));
  }
}
