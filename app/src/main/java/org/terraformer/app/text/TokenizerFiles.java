package org.terraformer.app.text;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.terraformer.ports.text.Tokenizer;

/**
 * A tokenizer and the files that it was read from, for those who keep what it makes or copy it into a model's folder.
 *
 * @param files none for a tokenizer that needs none
 */
public record TokenizerFiles(Tokenizer tokenizer, List<Path> files) {
  public TokenizerFiles {
    files = List.copyOf(files);
  }

  /** The files by the names that they must have in a model's folder. */
  public Map<String, Path> byNameInFolder() {
    return files.stream().collect(Collectors.toMap(Tokenizers::nameInFolder, file -> file));
  }

  /** Tells it from all others that make other ids of the same text. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<String> parts = new ArrayList<>(List.of(tokenizer.getClass().getSimpleName()));
      for (Path file : files) {
        parts.add(HexFormat.of().formatHex(digest.digest(VocabularyFile.bytes(file))));
      }
      return String.join(" ", parts);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
