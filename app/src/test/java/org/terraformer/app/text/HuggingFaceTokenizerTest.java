package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.failure.InvalidInputException;

class HuggingFaceTokenizerTest {
  private static final HuggingFaceTokenizer BYTE_LEVEL = parse(SmallVocabularies.byteLevelJson());
  private static final HuggingFaceTokenizer UNIGRAM = parse(SmallVocabularies.unigramJson(true));
  private static final HuggingFaceTokenizer BYTE_FALLBACK = parse(SmallVocabularies.byteFallbackJson());

  private static HuggingFaceTokenizer parse(String json) {
    return HuggingFaceTokenizer.parse("tokens", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void allIdsOfATextAreGivenWhateverTheFileSaysOfTruncation() {
    assertThat(BYTE_LEVEL.encode("the the the the the")).containsExactly('t', 257, 258, 258, 258, 258);
  }

  @Test
  void specialTokensGiveNoTextNorDoIdsThatDoNotExist() {
    assertThat(BYTE_LEVEL.decode(new int[] {'t', 257, 262, -1, 263, Integer.MAX_VALUE})).isEqualTo("the");
    assertThat(BYTE_LEVEL.endId()).hasValue(262);
    assertThat(BYTE_LEVEL.vocabularySize()).isEqualTo(263);
  }

  @Test
  void addedTokensCountInTheVocabulary() {
    assertThat(UNIGRAM.vocabularySize()).isEqualTo(13);
    assertThat(UNIGRAM.endId()).hasValue(12);
  }

  @Test
  void aUnigramIsSplitWhereTheScoresAreBest() {
    assertThat(UNIGRAM.encode("the is thé")).containsExactly(5, 1, 10, 6, 3, 11);
    assertThat(UNIGRAM.decode(new int[] {5, 1, 10})).isEqualTo("the is");
  }

  @Test
  void whatIsUnknownIsWrittenInBytes() {
    assertThat(BYTE_FALLBACK.encode("the €")).containsExactly(7, 1, 8 + 0xE2, 8 + 0x82, 8 + 0xAC);
    assertThat(BYTE_FALLBACK.decode(new int[] {7, 1, 8 + 0xE2, 8 + 0x82, 8 + 0xAC})).isEqualTo("the €");
    assertThat(BYTE_FALLBACK.decode(new int[] {7, 1, 8 + 0xE2, 8 + 0x82})).startsWith("the \uFFFD");
  }

  @Test
  void halfACharacterBecomesAQuestionMark() {
    assertThat(BYTE_LEVEL.decode(BYTE_LEVEL.encode("a\uDC00\0😀"))).isEqualTo("a?\0😀");
  }

  @Property(tries = 300)
  void everyTextComesBack(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace("▁", "");
    assertThat(BYTE_LEVEL.decode(BYTE_LEVEL.encode(valid))).isEqualTo(valid);
    assertThat(BYTE_FALLBACK.decode(BYTE_FALLBACK.encode(valid))).isEqualTo(valid);
  }

  @Property(tries = 300)
  void theFileAndItsByteLevelFilesMeanTheSame(@ForAll List<Integer> choices) {
    String text = String.join("", choices.stream().map(i -> List.of("t", "h", "e", " ", "is", "é", "\n", "A", "1", "😀")
        .get(Math.floorMod(i, 10))).toList());
    HuggingFaceTokenizer files = ByteLevelFiles.parse(
        "entries", SmallVocabularies.vocabularyJson().getBytes(StandardCharsets.UTF_8),
        "pairs", SmallVocabularies.MERGES.getBytes(StandardCharsets.UTF_8));
    try (files) {
      assertThat(files.encode(text)).containsExactly(BYTE_LEVEL.encode(text));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "[]                                                                 | tokens holds no JSON object.",
      "{\"model\":                                                        | tokens is not a JSON object: Unexpected end-of-input",
      "{}                                                                 | tokens has no object in its field model.",
      "{\"model\":{\"type\":\"BPE\"}}                                     | tokens has no entries in its field model.vocab.",
      "{\"model\":{\"vocab\":{\"a\":-1}}}                | In tokens the id of the entry \"a\" is -1 but must be",
      "{\"model\":{\"type\":\"Other\",\"vocab\":{\"a\":0}}}               | tokens describes no known tokenizer: ",
      "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a\"]}} | tokens describes no known tokenizer: Token"})
  void aFileThatDescribesNoTokenizerIsRefused(String json, String sentence) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith(sentence);
  }

  @Test
  void partsThatWouldEndTheProgramAreRefused() {
    assertThatThrownBy(() -> parse("""
        {"model":{"type":"BPE","continuing_subword_prefix":"####","vocab":{"a":0,"aa":1},"merges":["a a"]}}"""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("In tokens the pair \"a a\" of model.merges must end with an entry that begins with \"####\", in ASCII.");
    assertThatThrownBy(() -> parse(SmallVocabularies.byteFallbackJson().replace("\"stop\":0", "\"stop\":1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("In tokens the decoder Strip has the field stop 1 but only 0 is known.");
    assertThatThrownBy(() -> parse(SmallVocabularies.unigramJson(true).replaceFirst("charsmap\":\".", "charsmap\":\"/")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The normalisation rules in tokens are damaged: its sizes are wrong.");
  }

  @Test
  void aClosedTokenizerIsNotUsed() {
    HuggingFaceTokenizer closed = parse(SmallVocabularies.byteLevelJson());
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.decode(new int[] {1})).isInstanceOf(IllegalStateException.class);
  }
}
