package org.terraformer.app.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The right to write in a folder, which one program has at a time: a lock on a hidden file, which ends with the program.
 *
 * <p>Linux takes all locks of a program from a file as soon as it closes the file anywhere, so that here the file is opened once, and
 * never read.
 */
public final class FolderLock implements AutoCloseable {
  /** The name of the hidden file. */
  public static final String NAME = ReplacedFile.PARTIAL + "lock";

  private static final int MARKS = 1 << 12;
  /** The files that this program itself has locked. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;
  private final boolean held;

  private FolderLock(Path file, FileChannel channel, boolean held) {
    this.file = file;
    this.channel = channel;
    this.held = held;
  }

  /**
   * @throws FileSystemException if somebody else writes there
   */
  public static FolderLock of(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve(NAME);
    if (!HELD.add(file)) {
      throw refusal(folder);
    }
    try {
      return locked(folder, file);
    } catch (IOException | RuntimeException e) {
      HELD.remove(file);
      throw e;
    }
  }

  private static FolderLock locked(Path folder, Path file) throws IOException {
    while (true) {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (IOException e) {
        // Some network file systems have no locks.
        return new FolderLock(file, channel, false);
      }
      try {
        if (lock != null && isThere(file, channel)) {
          return new FolderLock(file, channel, true);
        }
      } catch (IOException e) {
        try (channel) {
          Files.deleteIfExists(file);
        }
        throw e;
      }
      channel.close();
      if (lock == null) {
        throw refusal(folder);
      }
    }
  }

  private static FileSystemException refusal(Path folder) {
    return new FileSystemException(folder.toString(), null, "another program is writing it");
  }

  /** Whether the file that was locked is still the one in the folder: who held it before may have deleted it since it was opened. */
  private static boolean isThere(Path file, FileChannel channel) throws IOException {
    int mark = ThreadLocalRandom.current().nextInt(1, MARKS);
    channel.truncate(0).write(ByteBuffer.allocate(1), mark - 1);
    try {
      return Files.size(file) == mark;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Whether it is certain that nobody else writes; false on a file system without locks. */
  public boolean held() {
    return held;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      HELD.remove(file);
    }
  }
}
