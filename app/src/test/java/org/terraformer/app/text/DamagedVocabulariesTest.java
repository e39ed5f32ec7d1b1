package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.terraformer.app.format.Mutations;
import org.terraformer.ports.text.Tokenizer;

/** Ten thousand damaged vocabularies of each kind: read and used, or refused with a sentence. */
@Timeout(60)
class DamagedVocabulariesTest {
  private static final String TEXT = "the A ﬁ, this is  thé 12 😀\n";

  @Test
  void subwords() throws Exception {
    assertThat(Mutations.refused(11, bytes -> use(SubwordTokenizer.parse("file", bytes)), utf8(SmallVocabularies.SUBWORDS))).isPositive();
  }

  @Test
  void tokenizerJson() throws Exception {
    assertThat(Mutations.refused(12, bytes -> use(HuggingFaceTokenizer.parse("file", bytes)),
        utf8(SmallVocabularies.byteLevelJson()), utf8(SmallVocabularies.unigramJson(false)), utf8(SmallVocabularies.unigramJson(true)),
        utf8(SmallVocabularies.byteFallbackJson()), utf8(SmallVocabularies.wordPieceJson()))).isPositive();
  }

  @Test
  void entriesOfByteLevelFiles() throws Exception {
    byte[] merges = utf8(SmallVocabularies.MERGES);
    assertThat(Mutations.refused(13, bytes -> use(ByteLevelFiles.parse("file", bytes, "merges", merges)),
        utf8(SmallVocabularies.vocabularyJson()))).isPositive();
  }

  @Test
  void mergesOfByteLevelFiles() throws Exception {
    byte[] entries = utf8(SmallVocabularies.vocabularyJson());
    assertThat(Mutations.refused(14, bytes -> use(ByteLevelFiles.parse("entries", entries, "file", bytes)),
        utf8(SmallVocabularies.MERGES))).isPositive();
  }

  @Test
  void sentencePieces() throws Exception {
    assertThat(Mutations.refused(15, bytes -> use(SentencePieceTokenizer.parse("file", bytes)),
        SmallVocabularies.sentencePiece(1, false, true, false), SmallVocabularies.sentencePiece(1, false, false, true),
        SmallVocabularies.sentencePiece(2, true, false, false), SmallVocabularies.sentencePiece(3, false, true, true),
        SmallVocabularies.sentencePiece(4, true, true, false))).isPositive();
  }

  private static void use(Tokenizer tokenizer) {
    try (tokenizer) {
      int[] ids = tokenizer.encode(TEXT);
      assertThat(java.util.Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.vocabularySize());
      assertThat(tokenizer.decode(ids)).isNotNull();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
