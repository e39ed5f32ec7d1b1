package org.terraformer.app.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in the making. Files are written to a hidden folder inside of it and moved out of there when all of them are whole;
 * what is not published is deleted, and with it the folder where it did not exist before.
 */
final class StagedFolder implements AutoCloseable {
  private final Path folder;
  private final List<Path> made = new ArrayList<>();
  private final Path stage;

  StagedFolder(Path folder) throws IOException {
    this.folder = folder;
    for (Path missing = folder.toAbsolutePath(); missing != null && !Files.exists(missing); missing = missing.getParent()) {
      made.add(missing);
    }
    try {
      Files.createDirectories(folder);
      stage = Files.createTempDirectory(folder, ".partial-");
    } catch (IOException e) {
      deleteMade();
      throw e;
    }
  }

  /** Where to write. */
  Path stage() {
    return stage;
  }

  /**
   * Moves all files into place, {@code last} as the last one: until it is there, nobody takes the folder for a model.
   *
   * @return where they are now
   */
  List<Path> publish(String last) throws IOException {
    List<Path> published = new ArrayList<>();
    for (Path file : files(stage)) {
      if (!file.getFileName().toString().equals(last)) {
        published.add(move(file));
      }
    }
    published.add(move(stage.resolve(last)));
    made.clear();
    return published;
  }

  private Path move(Path file) throws IOException {
    return Files.move(file, folder.resolve(file.getFileName()),
        StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    for (Path file : files(stage)) {
      Files.delete(file);
    }
    Files.delete(stage);
    deleteMade();
  }

  private void deleteMade() throws IOException {
    for (Path each : made) {
      Files.deleteIfExists(each);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }
}
