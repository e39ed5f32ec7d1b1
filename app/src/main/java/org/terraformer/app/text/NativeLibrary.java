package org.terraformer.app.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.sentencepiece.jni.SentencePieceLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The native part of a tokenizer library, loaded from its jar when a vocabulary needs it.
 *
 * <p>The library's own way to load it is not taken: it looks for GPUs, keeps a copy in the home folder, may download another
 * build, and reports its use to its makers. Here it is unpacked to a folder of its own among the temporary files, loaded, and
 * removed again.
 */
enum NativeLibrary {
  TOKENIZERS("tokenizers", "/cpu/", List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll")) {
    @Override
    InputStream open(String resource) {
      return TokenizersLibrary.class.getResourceAsStream(resource);
    }
  },
  SENTENCE_PIECE("sentencepiece_native", "/", List.of()) {
    @Override
    InputStream open(String resource) {
      return SentencePieceLibrary.class.getResourceAsStream(resource);
    }
  };

  private final String library;
  private final String folder;
  private final List<String> neededOnWindows;
  private boolean loaded;

  NativeLibrary(String library, String folder, List<String> neededOnWindows) {
    this.library = library;
    this.folder = folder;
    this.neededOnWindows = neededOnWindows;
  }

  abstract InputStream open(String resource);

  /**
   * Loads the library, unless that has been done.
   *
   * @throws InvalidInputException if there is none for this machine or it can't be unpacked
   */
  synchronized void load() {
    if (loaded) {
      return;
    }
    String machine = machine(System.getProperty("os.name"), System.getProperty("os.arch"));
    List<String> files = new ArrayList<>(machine.startsWith("win") ? neededOnWindows : List.of());
    files.add(System.mapLibraryName(library));
    try {
      Path unpacked = Files.createTempDirectory("terraformer-");
      try {
        for (String file : files) {
          load("/native/lib/" + machine + folder + file, unpacked.resolve(file), machine);
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

  private void load(String resource, Path file, String machine) throws IOException {
    try (InputStream in = open(resource)) {
      if (in == null) {
        throw InvalidInputException.of("The native library %s does not exist for this machine, %s.", library, machine);
      }
      Files.copy(in, file);
    }
    System.load(file.toAbsolutePath().toString());
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
