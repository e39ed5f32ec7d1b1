package org.terraformer.app.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The native part of a tokenizer library, loaded from its jar when a vocabulary needs it.
 *
 * <p>The library's own way to load it is not taken: it looks for GPUs, keeps a copy in the home folder, may download another
 * build, and reports its use to its makers. Here it is unpacked to a folder of its own among the temporary files, loaded, and
 * removed again; or, if whoever starts the program names a {@linkplain #KEPT folder} for it, it stays there for the next start.
 */
enum NativeLibrary {
  TOKENIZERS("tokenizers", "/cpu/", List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll")) {
    @Override
    URL find(String resource) {
      return TokenizersLibrary.class.getResource(resource);
    }
  },
  SENTENCE_PIECE("sentencepiece_native", "/", List.of()) {
    @Override
    URL find(String resource) {
      return SentencePieceLibrary.class.getResource(resource);
    }
  };

  /** The property that names the folder. */
  static final String KEPT = "terraformer.libraries";
  private static final String MACHINE = machine(System.getProperty("os.name"), System.getProperty("os.arch"));

  private final String library;
  private final String folder;
  private final List<String> neededOnWindows;
  private boolean loaded;

  NativeLibrary(String library, String folder, List<String> neededOnWindows) {
    this.library = library;
    this.folder = folder;
    this.neededOnWindows = neededOnWindows;
  }

  abstract URL find(String resource);

  /**
   * Loads the library, unless that has been done.
   *
   * @throws InvalidInputException if there is none for this machine or it can't be unpacked
   */
  synchronized void load() {
    if (loaded) {
      return;
    }
    List<String> files = new ArrayList<>(MACHINE.startsWith("win") ? neededOnWindows : List.of());
    files.add(System.mapLibraryName(library));
    String kept = System.getProperty(KEPT);
    if (kept != null && files.size() == 1 && loadKept(Path.of(kept), files.getFirst())) {
      loaded = true;
      return;
    }
    try {
      Path unpacked = Files.createTempDirectory("terraformer-");
      try {
        for (String file : files) {
          load(resource(file), unpacked.resolve(file));
        }
      } finally {
        remove(unpacked, files);
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new InvalidInputException("The native library %s can't be loaded from the folder for temporary files, %s: %s."
          .formatted(library, System.getProperty("java.io.tmpdir"), e.getMessage()), e);
    }
    loaded = true;
  }

  private static void load(URL resource, Path file) throws IOException {
    try (InputStream in = resource.openStream()) {
      Files.copy(in, file);
    }
    System.load(file.toAbsolutePath().toString());
  }

  /** Loads what an earlier start unpacked, of the same contents, or leaves it for the next one; false where that can't be done. */
  boolean loadKept(Path kept, String file) {
    try {
      if (!(resource(file).openConnection() instanceof JarURLConnection connection)) {
        return false;
      }
      JarEntry entry = connection.getJarEntry();
      Path unpacked = kept.resolve(Long.toHexString(entry.getCrc()) + "-" + file);
      if (!Files.exists(unpacked) || Files.size(unpacked) != entry.getSize()) {
        Files.createDirectories(kept);
        Path part = kept.resolve(file + "." + ProcessHandle.current().pid() + ".part");
        try (InputStream in = connection.getInputStream()) {
          Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
          Files.move(part, unpacked, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(part);
        }
      }
      System.load(unpacked.toAbsolutePath().toString());
      return true;
    } catch (IOException | UnsatisfiedLinkError e) {
      // A folder that may not be written to, a full disk, a damaged file: among the temporary files it may still be had, or will be reported.
      return false;
    }
  }

  private URL resource(String file) {
    URL resource = find("/native/lib/" + MACHINE + folder + file);
    if (resource == null) {
      throw InvalidInputException.of("The native library %s does not exist for this machine, %s.", library, MACHINE);
    }
    return resource;
  }

  /** What can't be removed while it is loaded, as on Windows, is left to whoever clears the temporary files. */
  private static void remove(Path folder, List<String> files) {
    try {
      for (String file : files) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      return;
    }
  }

  private static String machine(String system, String architecture) {
    String name = system.toLowerCase(Locale.ROOT);
    String shortName = name.startsWith("win") ? "win" : name.startsWith("mac") ? "osx" : name;
    return shortName + "-" + (architecture.equals("amd64") ? "x86_64" : architecture.equals("arm64") ? "aarch64" : architecture);
  }
}
