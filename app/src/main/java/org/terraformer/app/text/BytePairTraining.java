package org.terraformer.app.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Makes a byte-level BPE tokenizer of texts, in the form of Hugging Face's {@code tokenizer.json}. Id 0 is {@code <|endoftext|>},
 * which begins and parts texts; then come the 256 bytes, then what was merged, the most frequent first.
 */
public final class BytePairTraining {
  /** The smallest vocabulary: the end of a text and the bytes. */
  public static final int FEWEST = 257;

  /** The largest vocabulary. */
  public static final int MOST = 1_000_000;

  private static final int BYTES = 256;
  private static final String END = "<|endoftext|>";

  private final WordCounts words = new WordCounts();

  /** Takes in a text, or a part of one that begins and ends where words do. */
  public void add(String text) {
    words.add(text);
  }

  /** The number of different words so far. */
  public int distinctWords() {
    return words.counts().size();
  }

  /**
   * Learns a vocabulary and writes it; the file is there when it is whole.
   *
   * @param vocabularySize ids at most; fewer if no pair of symbols occurs twice
   * @return the number of ids
   * @throws InvalidInputException if the size is out of range or the file can't be written
   */
  public int write(Path file, int vocabularySize, ProgressListener progress) {
    if (vocabularySize < FEWEST || vocabularySize > MOST) {
      throw InvalidInputException.of("The vocabulary size is %d but must be from %d to %d.", vocabularySize, FEWEST, MOST);
    }
    List<BytePairMerges.Merge> merges = BytePairMerges.learn(words.counts(), vocabularySize - FEWEST, progress);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      ReplacedFile.write(file, partial ->
          Files.write(partial, VocabularyFile.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(tokenizer(merges))));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
    return FEWEST + merges.size();
  }

  private static ObjectNode tokenizer(List<BytePairMerges.Merge> merges) {
    ObjectNode root = VocabularyFile.JSON.createObjectNode().put("version", "1.0");
    root.putArray("added_tokens").addObject().put("id", 0).put("content", END).put("single_word", false).put("lstrip", false)
        .put("rstrip", false).put("normalized", false).put("special", true);
    for (String part : List.of("pre_tokenizer", "decoder")) {
      root.putObject(part).put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
          .put("use_regex", true);
    }
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab").put(END, 0);
    ArrayNode pairs = model.putArray("merges");
    List<String> symbols = new ArrayList<>();
    for (int value = 0; value < BYTES; value++) {
      symbols.add(ByteLevelFiles.character(value));
    }
    for (BytePairMerges.Merge merge : merges) {
      pairs.add(symbols.get(merge.left()) + " " + symbols.get(merge.right()));
      symbols.add(symbols.get(merge.left()) + symbols.get(merge.right()));
    }
    symbols.forEach(symbol -> vocabulary.put(symbol, vocabulary.size()));
    return root;
  }
}
