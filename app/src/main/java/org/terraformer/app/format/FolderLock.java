package org.terraformer.app.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** The right to write in a folder, which one program has at a time: a lock on a hidden file, which ends with the program. */
public final class FolderLock implements AutoCloseable {
  /** The name of the hidden file. */
  public static final String NAME = ReplacedFile.PARTIAL + "lock";

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
    Path file = folder.resolve(NAME);
    while (true) {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          throw refusal(folder);
        }
        if (isThere(file, channel)) {
          return new FolderLock(file, channel, true);
        }
        channel.close();
      } catch (OverlappingFileLockException e) {
        channel.close();
        // This program itself writes there: refused as anybody else.
        throw refusal(folder);
      } catch (FileSystemException e) {
        channel.close();
        throw e;
      } catch (IOException e) {
        // Some network file systems have no locks.
        return new FolderLock(file, channel, false);
      }
    }
  }

  private static FileSystemException refusal(Path folder) {
    return new FileSystemException(folder.toString(), null, "another program is writing it");
  }

  /** Whether the file that was locked is still the one in the folder: who held it before may have deleted it since it was opened. */
  private static boolean isThere(Path file, FileChannel channel) throws IOException {
    String mark = UUID.randomUUID().toString();
    channel.truncate(0).write(ByteBuffer.wrap(mark.getBytes(StandardCharsets.UTF_8)), 0);
    try {
      return Files.readString(file).equals(mark);
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
    }
  }
}
