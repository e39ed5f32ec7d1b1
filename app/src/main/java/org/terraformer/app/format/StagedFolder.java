package org.terraformer.app.format;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model's folder in the making. Files are written to a hidden folder inside of it, and take the place of another model's when
 * all of them are whole; what is not published is deleted, and with it the folder where it did not exist before.
 *
 * <p>Publishing takes several steps, of which the first takes away the old configuration and the last brings the new one: nobody
 * takes for a model what lies between. What is left to do can be read off the folder, so that whoever writes there next finishes
 * what a program began that was ended in between. The hidden folder's name says how far it came.
 */
final class StagedFolder implements AutoCloseable {
  /** Its files are whole; those of another model have to go. */
  static final String WHOLE = ReplacedFile.PARTIAL + "whole";
  /** Nothing of another model is left; its files have to be moved. */
  private static final String MOVING = ReplacedFile.PARTIAL + "moving";

  private final Path folder;
  private final List<Path> made = new ArrayList<>();
  private final FolderLock lock;
  private final Path stage;

  /**
   * @throws FileSystemException if another program is writing there
   */
  StagedFolder(Path folder) throws IOException {
    this.folder = folder;
    for (Path missing = folder.toAbsolutePath(); missing != null && !Files.exists(missing); missing = missing.getParent()) {
      made.add(missing);
    }
    try {
      Files.createDirectories(folder);
      lock = FolderLock.of(folder);
    } catch (IOException e) {
      deleteMade();
      throw e;
    }
    try {
      settle(folder, lock);
      stage = Files.createTempDirectory(folder, ReplacedFile.PARTIAL);
    } catch (IOException e) {
      lock.close();
      deleteMade();
      throw e;
    }
  }

  /** Where to write. */
  Path stage() {
    return stage;
  }

  /** Replaces what is in the folder of another model by the files that were written. */
  void publish() throws IOException {
    for (Path file : files(stage)) {
      if (Files.isDirectory(folder.resolve(file.getFileName()))) {
        throw new FileSystemException(file.toString(), null, "%s is a folder".formatted(folder.resolve(file.getFileName())));
      }
    }
    move(stage, folder.resolve(WHOLE));
    made.clear();
    finish(folder);
  }

  /** Whether a program was ended between the first and the last step of publishing, or is in the midst of it. */
  static boolean isUnfinished(Path folder) {
    return Files.exists(folder.resolve(WHOLE)) || Files.exists(folder.resolve(MOVING));
  }

  /**
   * Finishes what another program began to publish, and deletes what none did.
   *
   * @throws FileSystemException if another program is writing there
   */
  static void settle(Path folder) throws IOException {
    try (FolderLock lock = FolderLock.of(folder)) {
      settle(folder, lock);
    }
  }

  private static void settle(Path folder, FolderLock lock) throws IOException {
    finish(folder);
    if (lock.held()) {
      for (Path left : files(folder)) {
        if (left.getFileName().toString().startsWith(ReplacedFile.PARTIAL) && Files.isDirectory(left)) {
          delete(left);
        }
      }
    }
  }

  private static void finish(Path folder) throws IOException {
    boolean more = true;
    while (more) {
      more = advance(folder);
    }
  }

  /**
   * Does the next step of publishing.
   *
   * @return whether there was one
   */
  static boolean advance(Path folder) throws IOException {
    Path whole = folder.resolve(WHOLE);
    Path moving = folder.resolve(MOVING);
    if (Files.exists(moving)) {
      List<Path> files = files(moving);
      if (files.isEmpty()) {
        Files.delete(moving);
      } else {
        Path next = files.stream().filter(file -> !isConfiguration(file)).findFirst().orElse(files.getFirst());
        move(next, folder.resolve(next.getFileName()));
      }
      return true;
    }
    if (Files.exists(whole)) {
      List<Path> old = ModelFiles.replaced(folder, files(whole).stream().map(file -> file.getFileName().toString()).toList());
      if (old.isEmpty()) {
        move(whole, moving);
      } else {
        Files.delete(old.getFirst());
      }
      return true;
    }
    return false;
  }

  private static boolean isConfiguration(Path file) {
    return ModelFiles.isConfiguration(file.getFileName().toString());
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      if (Files.exists(stage)) {
        delete(stage);
      }
    }
    deleteMade();
  }

  private void deleteMade() throws IOException {
    for (Path each : made) {
      Files.deleteIfExists(each);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }
}
