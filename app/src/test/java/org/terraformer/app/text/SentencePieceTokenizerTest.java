package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class SentencePieceTokenizerTest {
  private static final byte[] UNIGRAM = SmallVocabularies.sentencePiece(1, false, true, true);
  private static final SentencePieceTokenizer SMALL = SentencePieceTokenizer.parse("pieces", UNIGRAM);
  private static final SentencePieceTokenizer WITH_BYTES =
      SentencePieceTokenizer.parse("pieces", SmallVocabularies.sentencePiece(2, true, false, false));

  @Test
  void theTextIsNormalisedAndSplitWhereTheScoresAreBest() {
    assertThat(SMALL.encode("  the   this ")).containsExactly(9, 7, 5, 12);
    assertThat(SMALL.encode("A")).containsExactly(3, 16);
    assertThat(SMALL.encode("")).isEmpty();
  }

  @Test
  void theSpaceInFrontIsLeftOutAndOnlyThere() {
    assertThat(SMALL.decode(new int[] {9, 9})).isEqualTo("the the");
    assertThat(SMALL.decode(new int[] {3, 3, 9})).isEqualTo("the");
    assertThat(WITH_BYTES.decode(new int[] {3, 3, 9})).isEqualTo("  the");
    assertThat(WITH_BYTES.decode(WITH_BYTES.encode("  the  is "))).isEqualTo("  the  is ");
  }

  @Test
  void charactersBeyondSixteenBitsAndZerosComeBack() {
    assertThat(SMALL.decode(SMALL.encode("😀"))).isEqualTo("😀");
    assertThat(WITH_BYTES.decode(WITH_BYTES.encode("a\0😁"))).isEqualTo("a\0😁");
  }

  @Test
  void bytePiecesAreUtf8AndAnIncompleteCharacterIsReplaced() {
    int first = 19;
    assertThat(WITH_BYTES.decode(new int[] {first + 0xE2, first + 0x82, first + 0xAC, 9})).isEqualTo("€ the");
    assertThat(WITH_BYTES.decode(new int[] {9, first + 0xE2, first + 0x82})).isEqualTo("the\uFFFD");
  }

  @Test
  void controlPiecesAndIdsThatDoNotExistGiveNoTextAndUnknownPiecesAMark() {
    assertThat(SMALL.decode(new int[] {0, 9, 1, -1, 1000})).isEqualTo("the");
    assertThat(SMALL.decode(new int[] {9, 2})).isEqualTo("the ⁇ ");
    assertThat(SMALL.endId()).hasValue(1);
    assertThat(SMALL.vocabularySize()).isEqualTo(19);
  }

  @Property(tries = 300)
  void everyTextComesBackWhereBytesStandForWhatIsUnknown(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace("▁", "");
    assertThat(WITH_BYTES.decode(WITH_BYTES.encode(valid))).isEqualTo(valid);
  }

  @Property(tries = 300)
  void everyTextIsSplitByTheRules(@ForAll List<Integer> choices) {
    String text = String.join("", choices.stream().map(i -> List.of("t", "h", "e", " ", "is", "é", "ﬁ", "A", "x", "😀")
        .get(Math.floorMod(i, 10))).toList());
    assertThat(SMALL.encode(text)).containsExactly(array(new UnigramRules(UNIGRAM).encode(text)));
  }

  @Test
  void aDamagedVocabularyIsRefusedBeforeTheLibrarySeesIt() {
    byte[] infinite = UNIGRAM.clone();
    int at = new String(UNIGRAM, StandardCharsets.ISO_8859_1).indexOf("the") + 4;
    Arrays.fill(infinite, at, at + 4, (byte) 0xFF);
    assertThatThrownBy(() -> SentencePieceTokenizer.parse("pieces", infinite))
        .isInstanceOf(InvalidInputException.class).hasMessage("Piece 9 of pieces has the score NaN but it must be finite.");
    assertThatThrownBy(() -> SentencePieceTokenizer.parse("pieces", Arrays.copyOf(UNIGRAM, 100)))
        .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("pieces is no SentencePiece vocabulary");
  }

  @Test
  void aClosedTokenizerIsNotUsed() {
    SentencePieceTokenizer closed = SentencePieceTokenizer.parse("pieces", UNIGRAM);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.encode("the")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Tag("shared")
  void realTextIsSplitByTheRulesOfThePublishedVocabularyAndComesBackNormalised() throws IOException {
    var file = SharedTexts.vocabulary("sentencepiece.model");
    UnigramRules rules = new UnigramRules(Files.readAllBytes(file));
    try (SentencePieceTokenizer published = SentencePieceTokenizer.read(file)) {
      assertThat(published.vocabularySize()).isEqualTo(32000);
      assertThat(published.endId()).hasValue(1);
      assertThat(published.encode("Hello world, this is it.")).containsExactly(8774, 296, 6, 48, 19, 34, 5);
      for (var text : SharedTexts.beginnings(10_000).entrySet()) {
        for (String paragraph : text.getValue().split("(?<=\n)")) {
          int[] ids = published.encode(paragraph);
          assertThat(ids).as(paragraph).containsExactly(array(rules.encode(paragraph)));
          if (Arrays.stream(ids).noneMatch(id -> id == rules.unknown())) {
            assertThat(published.decode(ids)).isEqualTo(rules.normalised(paragraph));
          }
        }
      }
    }
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
