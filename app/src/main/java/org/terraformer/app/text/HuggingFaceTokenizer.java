package org.terraformer.app.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * A {@code tokenizer.json} of Hugging Face, run by their own library. What the file says of truncation, padding and of ids around
 * a text is left out: {@link #encode} gives the ids of the text alone, all of them.
 *
 * <p>The library is called below its Java facade, which reports its use to its makers and computes spans that nobody asks for.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
  private static final List<String> END_NAMES = List.of("</s>", "<|endoftext|>", "<|end_of_text|>", "<eos>", "<EOS>");

  private final String file;
  private final int vocabularySize;
  private final OptionalInt endId;
  private long handle;

  private HuggingFaceTokenizer(String file, int vocabularySize, OptionalInt endId, long handle) {
    this.file = file;
    this.vocabularySize = vocabularySize;
    this.endId = endId;
    this.handle = handle;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws InvalidInputException naming the file and what is wrong with it
   */
  public static HuggingFaceTokenizer read(Path file) {
    return parse(file.toString(), VocabularyFile.bytes(file));
  }

  /** As {@link #read}, of bytes; the name is for messages. */
  public static HuggingFaceTokenizer parse(String file, byte[] bytes) {
    return of(file, VocabularyFile.object(file, bytes));
  }

  static HuggingFaceTokenizer of(String file, ObjectNode root) {
    if (!(root.get("model") instanceof ObjectNode model)) {
      throw InvalidInputException.of("%s has no object in its field model.", file);
    }
    root.putNull("truncation").putNull("padding").putNull("post_processor");
    TokenizerParts.check(file, root);
    int size = vocabularySize(file, model.path("vocab"), root.path("added_tokens"));
    OptionalInt endId = endId(root.path("added_tokens"));
    NativeLibrary.TOKENIZERS.load();
    try {
      long handle = TokenizersLibrary.LIB.createTokenizerFromString(VocabularyFile.JSON.writeValueAsString(root));
      return new HuggingFaceTokenizer(file, size, endId, handle);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new InvalidInputException("%s describes no known tokenizer: %s.".formatted(file, reason(e)), e);
    }
  }

  /** One more than the largest id; an added token that the model does not know may be numbered on from the model's entries. */
  private static int vocabularySize(String file, JsonNode vocabulary, JsonNode added) {
    if (vocabulary.isEmpty()) {
      throw InvalidInputException.of("%s has no entries in its field model.vocab.", file);
    }
    Set<String> known = new HashSet<>();
    int largest = vocabulary.isArray() ? vocabulary.size() - 1 : VocabularyFile.largestId(file, vocabulary);
    vocabulary.forEach(entry -> known.add(entry.path(0).asText()));
    vocabulary.fieldNames().forEachRemaining(known::add);
    int next = vocabulary.size();
    for (JsonNode token : added) {
      String content = token.path("content").asText();
      largest = Math.max(largest, VocabularyFile.id(file, content, token.get("id")));
      if (known.add(content)) {
        largest = Math.max(largest, next++);
      }
    }
    return largest + 1;
  }

  private static OptionalInt endId(JsonNode added) {
    for (String name : END_NAMES) {
      for (JsonNode token : added) {
        if (token.path("special").asBoolean() && token.path("content").asText().equals(name)) {
          return OptionalInt.of(token.path("id").intValue());
        }
      }
    }
    return OptionalInt.empty();
  }

  private static String reason(Exception e) {
    String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public synchronized int[] encode(String text) {
    checkOpen();
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    try {
      long encoding = TokenizersLibrary.LIB.encode(handle, wellFormed, false);
      try {
        return Arrays.stream(TokenizersLibrary.LIB.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    } catch (RuntimeException e) {
      throw new InvalidInputException("The tokenizer in %s can't encode the text: %s.".formatted(file, reason(e)), e);
    }
  }

  @Override
  public synchronized String decode(int[] ids) {
    checkOpen();
    long[] known = Arrays.stream(ids).filter(id -> id >= 0 && id < vocabularySize).asLongStream().toArray();
    try {
      return TokenizersLibrary.LIB.decode(handle, known, true);
    } catch (RuntimeException e) {
      throw new InvalidInputException("The tokenizer in %s can't decode the ids: %s.".formatted(file, reason(e)), e);
    }
  }

  @Override
  public OptionalInt endId() {
    return endId;
  }

  @Override
  public synchronized void close() {
    if (handle != 0) {
      TokenizersLibrary.LIB.deleteTokenizer(handle);
      handle = 0;
    }
  }

  private void checkOpen() {
    if (handle == 0) {
      throw new IllegalStateException("the tokenizer is closed");
    }
  }
}
