package org.terraformer.app.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The folder with the golden cases: the one given as {@code -Dgolden.dir}, else the packed test resource. */
public final class GoldenFolder {
  private static Path unpacked;

  private GoldenFolder() {}

  /** Whether these are the cases that come with the project, not others of the same format. */
  static boolean isPacked() {
    return System.getProperty("golden.dir", "").isBlank();
  }

  static synchronized Path path() {
    String given = System.getProperty("golden.dir", "");
    if (!given.isBlank()) {
      Path folder = Path.of(given);
      if (!folder.isAbsolute()) {
        folder = Path.of(System.getProperty("root.dir", "")).resolve(folder);
      }
      if (!Files.isDirectory(folder)) {
        throw new IllegalStateException("golden.dir is " + folder + ", which is not a folder");
      }
      return folder;
    }
    if (unpacked == null) {
      unpacked = unpack();
    }
    return unpacked;
  }

  public static List<GoldenCase> cases() {
    Path folder = path();
    try (Stream<Path> files = Files.list(folder)) {
      List<GoldenCase> cases = files.filter(file -> file.toString().endsWith(".json")).sorted().map(GoldenCase::read).toList();
      if (cases.isEmpty()) {
        throw new IllegalStateException("golden.dir is " + folder + ", which holds no case: no file NAME.json");
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path unpack() {
    try (InputStream resource = GoldenFolder.class.getResourceAsStream("/golden.zip");
        ZipInputStream zip = new ZipInputStream(resource)) {
      Path folder = Files.createTempDirectory("golden");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
