package org.terraformer.app.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
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
  private static final long ALIGNMENT = 64;

  private DefaultModel() {}

  public static ModelConfig config() {
    return ModelFolder.parse("the embedded configuration", bytes(ModelFolder.CONFIG));
  }

  public static WeightSource weights(Arena arena) {
    return SafetensorsFile.parse("the embedded model", memory(ModelFolder.WEIGHTS, arena));
  }

  public static Tokenizer tokenizer() {
    return HuggingFaceTokenizer.parse("the embedded tokenizer", bytes("tokenizer.json"));
  }

  /** Read where it will be used: each copy on the way is memory that a start has to touch first. */
  private static MemorySegment memory(String name, Arena arena) {
    try {
      URLConnection connection = resource(name).openConnection();
      try (ReadableByteChannel in = Channels.newChannel(connection.getInputStream())) {
        MemorySegment memory = arena.allocate(connection.getContentLengthLong(), ALIGNMENT);
        ByteBuffer left = memory.asByteBuffer();
        while (left.hasRemaining()) {
          if (in.read(left) < 0) {
            throw new EOFException("it ends before its %d bytes".formatted(memory.byteSize()));
          }
        }
        return memory;
      }
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static byte[] bytes(String name) {
    try (InputStream in = resource(name).openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static URL resource(String name) {
    URL resource = DefaultModel.class.getResource(FOLDER + name);
    if (resource == null) {
      throw InvalidInputException.of("The embedded model has no %s.", name);
    }
    return resource;
  }

  private static InvalidInputException unreadable(String name, IOException e) {
    return new InvalidInputException("The embedded model's %s can't be read: %s.".formatted(name, e.getMessage()), e);
  }
}
