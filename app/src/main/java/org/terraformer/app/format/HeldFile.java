package org.terraformer.app.format;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A file that is replaced at once, as a {@link ReplacedFile}, in a folder that several programs share: a lock holds it as long
 * as it is written, so that whoever clears up there knows it from one that was left behind.
 */
public final class HeldFile {
  /** What the names of files begin with that are held; other hidden files in the folder are not touched. */
  private static final String PARTIAL = ".held-";
  /** The files that this program holds: Linux would take their locks if it closed them here too. */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private HeldFile() {}

  /** Writes the content to a file that it is given. */
  @FunctionalInterface
  public interface Content {
    void write(FileChannel channel) throws IOException;
  }

  /** Writes the content beside the file, then moves it there. */
  public static void write(Path file, Content content) throws IOException {
    Path partial = file.toAbsolutePath().resolveSibling(PARTIAL + UUID.randomUUID());
    OWN.add(partial.getFileName());
    try (FileChannel channel = create(partial)) {
      content.write(channel);
      channel.force(true);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
      OWN.remove(partial.getFileName());
    }
  }

  private static FileChannel create(Path file) throws IOException {
    while (true) {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // Before it was held, it may have been taken for one that was left behind; then another one is made.
      if (isHeld(channel, file)) {
        return channel;
      }
      channel.close();
      Files.deleteIfExists(file);
    }
  }

  private static boolean isHeld(FileChannel channel, Path file) {
    try {
      return channel.lock() != null && Files.exists(file);
    } catch (IOException e) {
      return true; // the file system has no locks, so that nobody takes the file for one that was left behind
    }
  }

  /** Deletes the partial files in a folder that nobody holds, as far as that can be known and is allowed. */
  public static void deleteAbandoned(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    for (Path partial : partials(folder)) {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        if (channel.tryLock() != null) {
          Files.deleteIfExists(partial);
        }
      } catch (IOException e) {
        continue; // it has just been moved to its place, or is somebody else's, who may clear it up
      }
    }
  }

  private static List<Path> partials(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(PARTIAL) && !OWN.contains(file.getFileName()))
          .filter(Files::isRegularFile).toList();
    }
  }
}
