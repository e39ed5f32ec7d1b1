package org.terraformer.app.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalInt;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.Tokenizer;

/** A text's token ids for one use: in a file of the system's folder for such, which is gone with this, or with the program. */
public final class TemporaryTokens implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final FileChannel channel;
  private final CachedTokens tokens;

  private TemporaryTokens(FileChannel channel) throws IOException {
    this.channel = channel;
    this.tokens = TokenFile.map(channel, arena);
  }

  /**
   * The ids of a file's texts, each followed by the separator if there is one: those that a {@link TokenCache} would give.
   *
   * @param most ids; the file is read as far as these need it
   * @throws InvalidInputException if the file can't be read, or the ids not be written
   */
  public static TemporaryTokens of(TextFile source, Tokenizer tokenizer, OptionalInt separator, long most, ProgressListener progress) {
    try {
      Path file = Files.createTempFile("terraformer-", ".tokens");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      try {
        TokenFile.write(channel, List.of(source), tokenizer, new TokenFile.Layout(separator, false, most), progress);
        return new TemporaryTokens(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(e);
    } catch (UncheckedIOException e) {
      throw failed(e.getCause());
    }
  }

  private static InvalidInputException failed(IOException e) {
    return new InvalidInputException(
        "The tokens can't be kept in the folder for temporary files, %s: %s.".formatted(System.getProperty("java.io.tmpdir"), Reason.of(e)), e);
  }

  public CachedTokens tokens() {
    return tokens;
  }

  @Override
  public void close() {
    arena.close();
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
