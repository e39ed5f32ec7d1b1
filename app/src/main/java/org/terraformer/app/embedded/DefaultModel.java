package org.terraformer.app.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.app.text.HuggingFaceTokenizer;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/** The model that comes with the library, for when no folder is given. Beside its files lies {@code MODEL_CARD.md}, which tells what it is. */
public final class DefaultModel {
  private static final String FOLDER = "default-model/";

  private DefaultModel() {}

  public static ModelConfig config() {
    return ModelFolder.parse("the embedded configuration", bytes(ModelFolder.CONFIG));
  }

  public static WeightSource weights(Arena arena) {
    byte[] bytes = bytes(ModelFolder.WEIGHTS);
    MemorySegment memory = arena.allocate(bytes.length, 64).copyFrom(MemorySegment.ofArray(bytes));
    return SafetensorsFile.parse("the embedded model", memory);
  }

  public static Tokenizer tokenizer() {
    return HuggingFaceTokenizer.parse("the embedded tokenizer", bytes("tokenizer.json"));
  }

  private static byte[] bytes(String name) {
    try (InputStream in = DefaultModel.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw InvalidInputException.of("The embedded model has no %s.", name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new InvalidInputException("The embedded model's %s can't be read: %s.".formatted(name, e.getMessage()), e);
    }
  }
}
