package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class ByteLevelFilesTest {
  private static final HuggingFaceTokenizer SMALL = parse(SmallVocabularies.vocabularyJson(), SmallVocabularies.MERGES);

  private static HuggingFaceTokenizer parse(String vocabulary, String merges) {
    return ByteLevelFiles.parse("entries", vocabulary.getBytes(StandardCharsets.UTF_8),
        "pairs", merges.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, Integer> ids(String json) throws IOException {
    return new ObjectMapper().readValue(json, new TypeReference<Map<String, Integer>>() {});
  }

  private static int[] array(java.util.List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void thePairThatComesFirstInTheListIsJoinedFirst() {
    assertThat(SMALL.encode("the the")).containsExactly('t', 257, 258);
    assertThat(SMALL.encode(" this")).containsExactly(256, 'h', 259);
    assertThat(SMALL.encode(" is")).containsExactly(260);
  }

  @Test
  void theEndIsKnownAndGivesNoText() {
    assertThat(SMALL.endId()).hasValue(262);
    assertThat(SMALL.decode(new int[] {'t', 262, 257, -1, 5000})).isEqualTo("the");
    assertThat(SMALL.vocabularySize()).isEqualTo(263);
  }

  @Test
  void anIncompleteCharacterIsReplaced() {
    assertThat(SMALL.decode(new int[] {'a', 0xE2, 0x82})).isEqualTo("a\uFFFD");
    assertThat(SMALL.decode(new int[] {'a', 0xE2, 0x82, 0xAC})).isEqualTo("a€");
  }

  @Property(tries = 300)
  void everyTextIsEncodedByTheRulesAndComesBack(@ForAll String text) throws IOException {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    ByteLevelRules rules = new ByteLevelRules(ids(SmallVocabularies.vocabularyJson()), SmallVocabularies.MERGES);
    int[] ids = SMALL.encode(valid);
    assertThat(SMALL.decode(ids)).isEqualTo(valid);
    if (valid.codePoints().allMatch(Character::isDefined)) {
      assertThat(ids).containsExactly(array(rules.encode(valid)));
    }
  }

  @Test
  void aVocabularyWithoutAByteIsRefused() {
    assertThatThrownBy(() -> parse(SmallVocabularies.vocabularyJson().replace("\"ÿ\"", "\"ÿÿ\""), SmallVocabularies.MERGES))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The vocabulary entries has no entry for the byte 255, ÿ,");
  }

  @Test
  void aPairThatIsNoneOrHasNoEntryIsRefusedByItsLine() {
    assertThatThrownBy(() -> parse(SmallVocabularies.vocabularyJson(), "#version: 0.2\nhe\n"))
        .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("Line 2 of pairs is \"he\"");
    assertThatThrownBy(() -> parse(SmallVocabularies.vocabularyJson(), "h e\nx y\n"))
        .isInstanceOf(InvalidInputException.class).hasMessage("Line 2 of pairs needs the entry \"xy\", which entries lacks.");
  }

  @Test
  @Tag("shared")
  void realTextIsEncodedByTheRulesOfThePublishedVocabularyAndComesBack() throws IOException {
    var entries = SharedTexts.vocabulary("gpt2_vocab.json");
    var merges = SharedTexts.vocabulary("gpt2_merges.txt");
    ByteLevelRules rules = new ByteLevelRules(ids(Files.readString(entries)), Files.readString(merges));
    try (HuggingFaceTokenizer published = ByteLevelFiles.read(entries, merges)) {
      assertThat(published.vocabularySize()).isEqualTo(50257);
      assertThat(published.endId()).hasValue(50256);
      assertThat(published.encode("Hello, world!")).containsExactly(15496, 11, 995, 0);
      for (var text : SharedTexts.beginnings(30_000).entrySet()) {
        int[] ids = published.encode(text.getValue());
        assertThat(ids).as(text.getKey()).containsExactly(array(rules.encode(text.getValue())));
        assertThat(published.decode(ids)).as(text.getKey()).isEqualTo(text.getValue());
      }
    }
  }
}
