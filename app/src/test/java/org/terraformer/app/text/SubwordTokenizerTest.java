package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class SubwordTokenizerTest {
  private final SubwordTokenizer tokenizer = parse(SmallVocabularies.SUBWORDS);

  private static SubwordTokenizer parse(String vocabulary) {
    return SubwordTokenizer.parse("words", vocabulary.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLongestEntryIsTaken() {
    assertThat(tokenizer.encode("the")).containsExactly(2);
    assertThat(tokenizer.encode("th")).containsExactly(3, 10);
  }

  @Test
  void aSingleSpaceBetweenWordsIsImplied() {
    assertThat(tokenizer.encode("the the")).containsExactly(2, 2);
    assertThat(tokenizer.decode(new int[] {2, 2})).isEqualTo("the the");
    assertThat(tokenizer.encode("the, the")).containsExactly(2, 7, 2);
    assertThat(tokenizer.encode(" the  the ")).containsExactly(9, 10, 2, 9, 9, 10, 2, 9, 10);
  }

  @Test
  void aCharacterThatTheVocabularyLacksIsWrittenAsItsNumber() {
    assertThat(tokenizer.encode("x")).containsExactly(11, 15, 16, 14, 12, 10);
    assertThat(tokenizer.decode(tokenizer.encode("x"))).isEqualTo("x");
  }

  @Test
  void backslashAndUnderlineAreEscaped() {
    assertThat(tokenizer.encode("\\")).containsExactly(11, 11, 10);
    assertThat(tokenizer.encode("_")).containsExactly(11, 13, 10);
    assertThat(tokenizer.decode(new int[] {11, 13, 11, 11, 10})).isEqualTo("_\\");
  }

  @Test
  void theCharactersOfPaddingAndEndBelongToTheAlphabet() {
    SubwordTokenizer withoutEntriesForThem = tokenizer;
    assertThat(withoutEntriesForThem.decode(withoutEntriesForThem.encode("<pad><EOS>"))).isEqualTo("<pad><EOS>");
    SubwordTokenizer withOne = parse(SmallVocabularies.SUBWORDS.replace("'the_'", "'<_'"));
    assertThat(withOne.encode("<")).containsExactly(2);
  }

  @Test
  void ofEqualEntriesTheLastCounts() {
    assertThat(parse(SmallVocabularies.SUBWORDS + "'the_'\n").encode("the")).containsExactly(27);
  }

  @Test
  void aNewlineIsWrittenAsItsNumberAndItsBrokenEntryTakesTwoIds() {
    assertThat(tokenizer.vocabularySize()).isEqualTo(27);
    assertThat(tokenizer.encode("\n")).containsExactly(11, 15, 14, 12, 10);
    assertThat(tokenizer.decode(new int[] {2, 25, 26, 2})).isEqualTo("the the");
    assertThat(parse(SmallVocabularies.SUBWORDS + "'end_'\n").encode("end")).containsExactly(27);
    assertThat(parse("'\n'\n'''\n" + SmallVocabularies.SUBWORDS).encode("'")).startsWith(2);
  }

  @Test
  void linesMayBeQuotedInEitherWayOrNotAtAll() {
    SubwordTokenizer mixed = parse(SmallVocabularies.SUBWORDS.replace("'the_'", "\"the_\"").replace("'th'", "th"));
    assertThat(mixed.encode("the th")).containsExactly(2, 3, 10);
  }

  @Test
  void paddingAndEndGiveNoTextNorDoIdsThatDoNotExist() {
    assertThat(tokenizer.decode(new int[] {2, 1, 0, -1, 27, 1 << 30})).isEqualTo("the");
    assertThat(tokenizer.endId()).hasValue(1);
  }

  @Test
  void aBrokenOffEscapeIsAnIncompleteCharacterAndAnImpossibleOneIsUndefined() {
    assertThat(tokenizer.decode(new int[] {2, 11, 15})).isEqualTo("the\uFFFD");
    assertThat(tokenizer.decode(new int[] {11, 15, 10})).isEqualTo("\\1");
    assertThat(tokenizer.decode(new int[] {11, 23, 23, 23, 23, 23, 23, 23, 23, 12, 10})).isEqualTo("\u3013");
  }

  @Test
  void aVocabularyThatCannotEncodeEverythingIsRefused() {
    assertThatThrownBy(() -> parse("'a_'\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The vocabulary words has no entry for the character _");
  }

  @Property(tries = 300)
  void everyTextIsEncodedByTheRulesAndComesBack(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(tokenizer.decode(tokenizer.encode(valid))).isEqualTo(valid);
  }

  @Test
  void halfACharacterBecomesAQuestionMark() {
    assertThat(tokenizer.decode(tokenizer.encode("the\uD800"))).isEqualTo("the?");
  }

  @Test
  @Tag("shared")
  void realTextIsEncodedByTheRulesOfThePublishedVocabularyAndComesBack() throws IOException {
    SubwordTokenizer published = SubwordTokenizer.read(SharedTexts.vocabulary("en_8k.subword"));
    SubwordRules rules = new SubwordRules(Files.readString(SharedTexts.vocabulary("en_8k.subword")));
    assertThat(published.vocabularySize()).isEqualTo(8183);
    for (var text : SharedTexts.beginnings(80_000).entrySet()) {
      int[] ids = published.encode(text.getValue());
      assertThat(published.decode(ids)).as(text.getKey()).isEqualTo(text.getValue());
      String beginning = text.getValue().substring(0, 10_000);
      assertThat(published.encode(beginning)).as(text.getKey())
          .containsExactly(rules.encode(beginning).stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
