package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.terraformer.app.format.Mutations;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/** Ten thousand damaged vocabularies of each kind: read and used, or refused with a sentence. */
@Timeout(60)
class DamagedVocabulariesTest {
  private static final String TEXT = "the A ﬁ, this is  thé 12 😀\n";

  @Test
  void subwords() throws Exception {
    check(11, bytes -> SubwordTokenizer.parse("file", bytes), utf8(SmallVocabularies.SUBWORDS));
  }

  @Test
  void tokenizerJson() throws Exception {
    check(12, bytes -> HuggingFaceTokenizer.parse("file", bytes),
        utf8(SmallVocabularies.byteLevelJson()), utf8(SmallVocabularies.unigramJson(false)),
        utf8(SmallVocabularies.unigramJson(true)), utf8(SmallVocabularies.byteFallbackJson()),
        utf8(SmallVocabularies.wordPieceJson()));
  }

  @Test
  void entriesOfByteLevelFiles() throws Exception {
    byte[] merges = utf8(SmallVocabularies.MERGES);
    check(13, bytes -> ByteLevelFiles.parse("file", bytes, "merges", merges),
        utf8(SmallVocabularies.vocabularyJson()));
  }

  @Test
  void mergesOfByteLevelFiles() throws Exception {
    byte[] entries = utf8(SmallVocabularies.vocabularyJson());
    check(14, bytes -> ByteLevelFiles.parse("entries", entries, "file", bytes),
        utf8(SmallVocabularies.MERGES));
  }

  @Test
  void sentencePieces() throws Exception {
    check(15, bytes -> SentencePieceTokenizer.parse("file", bytes),
        SmallVocabularies.sentencePiece(1, false, true, false), SmallVocabularies.sentencePiece(1, false, false, true),
        SmallVocabularies.sentencePiece(2, true, false, false), SmallVocabularies.sentencePiece(3, false, true, true),
        SmallVocabularies.sentencePiece(4, true, true, false));
  }

  /** The good files can be used, most damaged ones are refused, and all else is for {@link Mutations} to say. */
  private static void check(long seed, Function<byte[], Tokenizer> reader, byte[]... good) throws Exception {
    for (byte[] bytes : good) {
      use(reader.apply(bytes));
    }
    assertThat(Mutations.refused(seed, bytes -> {
      try {
        use(reader.apply(bytes));
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).contains("file").endsWith(".").hasLineCount(1);
        throw e;
      }
    }, good)).isBetween(1000, 9990);
  }

  private static void use(Tokenizer tokenizer) {
    try (tokenizer) {
      int[] ids = tokenizer.encode(TEXT);
      assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.vocabularySize());
      assertThat(tokenizer.decode(ids)).isNotNull();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
