package org.terraformer.app.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.terraformer.app.format.ModelFiles;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/** Finds the tokenizer of a model. */
public final class Tokenizers {
  private static final String JSON = ModelFiles.TOKENIZER;
  private static final String ENTRIES = ModelFiles.ENTRIES;
  private static final String MERGES = ModelFiles.MERGES;

  private Tokenizers() {}

  /**
   * The tokenizer whose files are in the folder: {@code tokenizer.json}, else {@code *.subword}, else {@code *.model}, else
   * {@code vocab.json} with {@code merges.txt}; else the one that the configuration names, if any. With
   * {@code "tokenizer": {"reserved_ids": 100}} the ids of a file begin at 100.
   *
   * @throws InvalidInputException if there are two of a kind, if a file can't be used, if the configuration names a tokenizer
   *     that does not exist, or if the model lacks some of its ids
   */
  public static Optional<Tokenizer> of(ModelConfig config, Path folder) {
    Optional<Path> file = file(folder);
    if (file.isPresent()) {
      Tokenizer read = read(file.get());
      int reserved = reservedIds(config);
      return Optional.of(fitting(reserved == 0 ? read : new ReservedIds(read, reserved), "The tokenizer in " + file.get(), config));
    }
    if (config.tokenizer().isEmpty()) {
      return Optional.empty();
    }
    String where = "In %s: ".formatted(folder.resolve(ModelFolder.CONFIG));
    Object name = config.tokenizer().get() instanceof Map<?, ?> map ? map.get("type") : config.tokenizer().get();
    if (!"bytes".equals(name)) {
      throw InvalidInputException.of(
          "%sThe field tokenizer is %s but must be bytes, unless the model folder has a %s, %s, %s or %s with %s.",
          where, name, JSON, "*.subword", "*.model", ENTRIES, MERGES);
    }
    return Optional.of(fitting(new ByteTokenizer(), where + "The tokenizer bytes", config));
  }

  private static int reservedIds(ModelConfig config) {
    if (!(config.tokenizer().orElse(null) instanceof Map<?, ?> map)) {
      return 0;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    map.forEach((name, value) -> fields.put(String.valueOf(name), value));
    return new Options("tokenizer", fields).integer("reserved_ids", 0, 1_000_000, 0);
  }

  /**
   * A tokenizer by its file, or by the folder of a model or of nothing but its files.
   *
   * @throws InvalidInputException if there is none, or its file can't be used
   */
  public static TokenizerFiles at(Path place) {
    if (!Files.exists(place)) {
      throw InvalidInputException.of("There is no tokenizer %s.", place);
    }
    return !Files.isDirectory(place) ? byFile(place) : in(place).orElseThrow(() -> InvalidInputException.of(
        "The folder %s has no tokenizer: no %s, %s, %s or %s with %s.", place, JSON, "*.subword", "*.model", ENTRIES, MERGES));
  }

  /**
   * The tokenizer whose files are in a folder, if there are any.
   *
   * @throws InvalidInputException if there are two of a kind, or a file can't be used
   */
  public static Optional<TokenizerFiles> in(Path folder) {
    return file(folder).map(Tokenizers::byFile);
  }

  private static TokenizerFiles byFile(Path file) {
    List<Path> all = file.getFileName().toString().equals(ENTRIES) ? List.of(file, file.resolveSibling(MERGES)) : List.of(file);
    return new TokenizerFiles(read(file), all);
  }

  /** The id that stands behind every text that a model is trained or measured on: the model's, else the tokenizer's, if there is one. */
  public static OptionalInt endId(ModelConfig config, Tokenizer tokenizer) {
    return config.endId().isPresent() ? config.endId() : tokenizer.endId();
  }

  /** What a file that {@link #at} has read must be named in a model folder, to be found there. */
  static String nameInFolder(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") && !name.equals(ENTRIES) ? JSON : name;
  }

  /** UTF-8 bytes as ids. */
  public static TokenizerFiles bytes() {
    return new TokenizerFiles(new ByteTokenizer(), List.of());
  }

  private static Tokenizer read(Path file) {
    String name = file.getFileName().toString();
    if (name.equals(ENTRIES)) {
      return ByteLevelFiles.read(file, file.resolveSibling(MERGES));
    }
    if (name.endsWith(".json")) {
      return HuggingFaceTokenizer.read(file);
    }
    return name.endsWith(".subword") ? SubwordTokenizer.read(file) : SentencePieceTokenizer.read(file);
  }

  private static Tokenizer fitting(Tokenizer tokenizer, String which, ModelConfig config) {
    if (tokenizer.vocabularySize() > config.vocabularySize()) {
      tokenizer.close();
      throw InvalidInputException.of("%s has %d ids but the model's vocabulary only %d.",
          which, tokenizer.vocabularySize(), config.vocabularySize());
    }
    return tokenizer;
  }

  private static Optional<Path> file(Path folder) {
    List<Path> files = files(folder);
    for (String end : new String[] {"/" + JSON, ModelFiles.SUBWORD, ModelFiles.SENTENCE_PIECE, "/" + ENTRIES}) {
      List<Path> found = files.stream().filter(file -> ("/" + file.getFileName()).endsWith(end)).toList();
      if (found.size() > 1) {
        throw InvalidInputException.of("The model folder %s has more than one vocabulary: %s and %s.", folder,
            found.get(0).getFileName(), found.get(1).getFileName());
      }
      if (found.size() == 1) {
        checkPair(folder, files, end.substring(1));
        return Optional.of(found.getFirst());
      }
    }
    if (files.contains(folder.resolve(MERGES))) {
      throw InvalidInputException.of("The model folder %s has %s but no %s.", folder, MERGES, ENTRIES);
    }
    return Optional.empty();
  }

  private static void checkPair(Path folder, List<Path> files, String name) {
    if (name.equals(ENTRIES) && !files.contains(folder.resolve(MERGES))) {
      throw InvalidInputException.of("The model folder %s has %s but no %s.", folder, ENTRIES, MERGES);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new InvalidInputException("The model folder %s can't be read: %s.".formatted(folder, e.getMessage()), e);
    }
  }
}
