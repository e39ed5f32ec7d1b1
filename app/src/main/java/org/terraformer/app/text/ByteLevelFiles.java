package org.terraformer.app.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The byte-level byte-pair encoding of GPT-2 as it was published: {@code vocab.json} maps each entry to its id, {@code
 * merges.txt} has a pair of entries a line, the pair to be joined first in the first line. It is turned into the {@code
 * tokenizer.json} that means the same.
 */
final class ByteLevelFiles {
  private static final String END = "<|endoftext|>";

  private ByteLevelFiles() {}

  static HuggingFaceTokenizer read(Path vocabulary, Path merges) {
    return parse(vocabulary.toString(), VocabularyFile.bytes(vocabulary), merges.toString(), VocabularyFile.bytes(merges));
  }

  static HuggingFaceTokenizer parse(String vocabularyFile, byte[] vocabularyBytes, String mergesFile, byte[] mergesBytes) {
    ObjectNode vocabulary = VocabularyFile.object(vocabularyFile, vocabularyBytes);
    for (int value = 0; value < 256; value++) {
      if (!vocabulary.has(character(value))) {
        throw InvalidInputException.of(
            "The vocabulary %s has no entry for the byte %d, %s, without which not all text can be encoded.",
            vocabularyFile, value, character(value));
      }
    }
    ObjectNode root = VocabularyFile.JSON.createObjectNode();
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.set("vocab", vocabulary);
    model.set("merges", merges(mergesFile, VocabularyFile.text(mergesFile, mergesBytes), vocabularyFile, vocabulary));
    root.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
    root.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true);
    ArrayNode added = root.putArray("added_tokens");
    if (vocabulary.has(END)) {
      ObjectNode end = added.addObject().put("content", END).put("special", true).put("normalized", false)
          .put("single_word", false).put("lstrip", false).put("rstrip", false);
      end.set("id", vocabulary.get(END));
    }
    return HuggingFaceTokenizer.of(vocabularyFile, root);
  }

  private static ArrayNode merges(String file, String text, String vocabularyFile, ObjectNode vocabulary) {
    ArrayNode merges = VocabularyFile.JSON.createArrayNode();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String pair = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (pair.isEmpty() || number == 1 && pair.startsWith("#version")) {
        continue;
      }
      int space = pair.indexOf(' ');
      if (space <= 0 || space == pair.length() - 1 || space != pair.lastIndexOf(' ')) {
        throw InvalidInputException.of("Line %d of %s is %s but must be two entries with one space between.", number, file,
            VocabularyFile.quoted(pair));
      }
      String left = pair.substring(0, space);
      String right = pair.substring(space + 1);
      for (String entry : new String[] {left, right, left + right}) {
        if (!vocabulary.has(entry)) {
          throw InvalidInputException.of("Line %d of %s needs the entry %s, which %s lacks.", number, file,
              VocabularyFile.quoted(entry), vocabularyFile);
        }
      }
      merges.add(VocabularyFile.JSON.createArrayNode().add(left).add(right));
    }
    return merges;
  }

  /** Printable bytes stand for themselves; the others, in order, are the characters from 256 on. */
  /** The character that stands for a byte in entries. */
  static String character(int value) {
    if (isPrintable(value)) {
      return Character.toString(value);
    }
    int code = 256;
    for (int before = 0; before < value; before++) {
      code += isPrintable(before) ? 0 : 1;
    }
    return Character.toString(code);
  }

  private static boolean isPrintable(int value) {
    return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
  }
}
