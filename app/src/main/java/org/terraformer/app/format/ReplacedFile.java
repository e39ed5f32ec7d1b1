package org.terraformer.app.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * A file that is replaced at once, when its new content is whole; who is ended before leaves a hidden file {@code .partial-...}.
 */
public final class ReplacedFile {
  /** What the names of files begin with that are not whole yet. */
  public static final String PARTIAL = ".partial-";

  private ReplacedFile() {}

  /** Writes the content to a file whose place it is given. */
  @FunctionalInterface
  public interface Content {
    void write(Path partial) throws IOException;
  }

  /** Writes the content beside the file, then moves it there. */
  public static void write(Path file, Content content) throws IOException {
    Path partial = file.toAbsolutePath().resolveSibling(PARTIAL + UUID.randomUUID());
    try {
      content.write(partial);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
