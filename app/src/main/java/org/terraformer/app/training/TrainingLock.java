package org.terraformer.app.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.terraformer.app.format.FolderLock;
import org.terraformer.app.format.Reason;
import org.terraformer.ports.failure.InvalidInputException;

/** Keeps a folder for one training, until it is closed or its program ends, however that happens. */
public final class TrainingLock implements AutoCloseable {
  private final Path folder;
  private final FolderLock lock;

  private TrainingLock(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes a folder, which is made where there is none.
   *
   * @throws InvalidInputException if another training has it
   */
  static TrainingLock of(Path folder) {
    try {
      Files.createDirectories(folder);
      return new TrainingLock(folder, FolderLock.of(folder));
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }

  private static InvalidInputException failed(Path folder, IOException e) {
    return new InvalidInputException("The folder %s can't be trained in: %s.".formatted(folder, Reason.of(e)), e);
  }

  /** Whether it is certain that nobody else trains there; false on a file system without locks. */
  boolean held() {
    return lock.held();
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw failed(folder, e);
    }
  }
}
