package org.terraformer.app.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which files of a folder belong to its model, as their names say. Hidden files and folders never do. */
public final class ModelFiles {
  public static final String TOKENIZER = "tokenizer.json";
  public static final String SUBWORD = ".subword";
  public static final String SENTENCE_PIECE = ".model";
  public static final String ENTRIES = "vocab.json";
  public static final String MERGES = "merges.txt";

  private ModelFiles() {}

  static boolean isConfiguration(String name) {
    return name.equals(ModelFolder.CONFIG);
  }

  static boolean isWeights(String name) {
    return name.equals(SafetensorsShards.INDEX) || name.endsWith(".safetensors");
  }

  static boolean isVocabulary(String name) {
    return List.of(TOKENIZER, ENTRIES, MERGES).contains(name) || name.endsWith(SUBWORD) || name.endsWith(SENTENCE_PIECE);
  }

  static List<Path> of(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  /**
   * The files in a folder that can't stay when a new model is written there: configuration, weights and vocabulary of another
   * one, in the order in which they have to go. A vocabulary without a model stays for a model that brings none.
   *
   * @param names of the new model's files
   */
  static List<Path> replaced(Path folder, Collection<String> names) throws IOException {
    List<Path> files = of(folder);
    List<Path> replaced = new ArrayList<>(named(files, ModelFiles::isConfiguration));
    List<Path> weights = named(files, ModelFiles::isWeights);
    if (!replaced.isEmpty() || !weights.isEmpty() || names.stream().anyMatch(ModelFiles::isVocabulary)) {
      replaced.addAll(named(files, ModelFiles::isVocabulary));
    }
    replaced.addAll(weights); // last, as they tell that there was a model whose vocabulary has to go
    return replaced;
  }

  private static List<Path> named(List<Path> files, Predicate<String> kind) {
    return files.stream().filter(file -> kind.test(file.getFileName().toString())).toList();
  }
}
