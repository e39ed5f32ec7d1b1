package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.StatisticsReport;
import org.junit.jupiter.api.Test;
import org.terraformer.app.format.DamagedFile;
import org.terraformer.app.format.Hardiness;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * Ten thousand damaged vocabularies of each kind: read and used, or refused with a sentence. Always the same ones, for a native
 * library that fails takes the report of what it failed with along.
 */
class DamagedVocabulariesTest {
  private static final String TEXT = "the A ﬁ, this is  thé 12 😀\n";
  private static final byte[] SUBWORDS = utf8(SmallVocabularies.SUBWORDS);
  private static final byte[] MERGES = utf8(SmallVocabularies.MERGES);
  private static final byte[] ENTRIES = utf8(SmallVocabularies.vocabularyJson());
  private static final List<byte[]> TOKENIZER_JSON = List.of(utf8(SmallVocabularies.byteLevelJson()),
      utf8(SmallVocabularies.unigramJson(false)), utf8(SmallVocabularies.unigramJson(true)),
      utf8(SmallVocabularies.byteFallbackJson()), utf8(SmallVocabularies.wordPieceJson()));
  private static final List<byte[]> SENTENCE_PIECES = List.of(SmallVocabularies.sentencePiece(1, false, true, false),
      SmallVocabularies.sentencePiece(1, false, false, true), SmallVocabularies.sentencePiece(2, true, false, false),
      SmallVocabularies.sentencePiece(3, false, true, true), SmallVocabularies.sentencePiece(4, true, true, false));

  @Test
  void theFilesThatAreDamagedHereAreGood() {
    use(SubwordTokenizer.parse("file", SUBWORDS));
    use(ByteLevelFiles.parse("file", ENTRIES, "merges", MERGES));
    TOKENIZER_JSON.forEach(bytes -> use(HuggingFaceTokenizer.parse("file", bytes)));
    SENTENCE_PIECES.forEach(bytes -> use(SentencePieceTokenizer.parse("file", bytes)));
  }

  @Provide
  Arbitrary<DamagedFile> subwordFiles() {
    return DamagedFile.of(SUBWORDS);
  }

  @Property(tries = Hardiness.FILES, seed = "11")
  @StatisticsReport(onFailureOnly = true)
  void subwords(@ForAll("subwordFiles") DamagedFile file) throws Exception {
    check(bytes -> SubwordTokenizer.parse("file", bytes), file);
  }

  @Provide
  Arbitrary<DamagedFile> tokenizerFiles() {
    return DamagedFile.of(TOKENIZER_JSON.toArray(byte[][]::new));
  }

  @Property(tries = Hardiness.FILES, seed = "12")
  @StatisticsReport(onFailureOnly = true)
  void tokenizerJson(@ForAll("tokenizerFiles") DamagedFile file) throws Exception {
    check(bytes -> HuggingFaceTokenizer.parse("file", bytes), file);
  }

  @Provide
  Arbitrary<DamagedFile> entryFiles() {
    return DamagedFile.of(ENTRIES);
  }

  @Property(tries = Hardiness.FILES, seed = "13")
  @StatisticsReport(onFailureOnly = true)
  void entriesOfByteLevelFiles(@ForAll("entryFiles") DamagedFile file) throws Exception {
    check(bytes -> ByteLevelFiles.parse("file", bytes, "merges", MERGES), file);
  }

  @Provide
  Arbitrary<DamagedFile> mergeFiles() {
    return DamagedFile.of(MERGES);
  }

  @Property(tries = Hardiness.FILES, seed = "14")
  @StatisticsReport(onFailureOnly = true)
  void mergesOfByteLevelFiles(@ForAll("mergeFiles") DamagedFile file) throws Exception {
    check(bytes -> ByteLevelFiles.parse("entries", ENTRIES, "file", bytes), file);
  }

  @Provide
  Arbitrary<DamagedFile> sentencePieceFiles() {
    return DamagedFile.of(SENTENCE_PIECES.toArray(byte[][]::new));
  }

  @Property(tries = Hardiness.FILES, seed = "15")
  @StatisticsReport(onFailureOnly = true)
  void sentencePieces(@ForAll("sentencePieceFiles") DamagedFile file) throws Exception {
    check(bytes -> SentencePieceTokenizer.parse("file", bytes), file);
  }

  private static void check(Function<byte[], Tokenizer> reader, DamagedFile damaged) throws Exception {
    Hardiness.check(bytes -> {
      try {
        use(reader.apply(bytes));
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).contains("file").endsWith(".");
        throw e;
      }
    }, damaged);
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
