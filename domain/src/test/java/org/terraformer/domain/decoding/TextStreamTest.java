package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.text.Tokenizer;

class TextStreamTest {
  private static final int[] NO_PROMPT = {};

  /** What was released with each id, then, behind a bar, what was held to the end. */
  private static List<String> released(TextStream stream, List<Integer> ids) {
    List<String> parts = new ArrayList<>();
    for (int id : ids) {
      parts.add(stream.add(id));
      if (stream.stopped()) {
        return parts;
      }
    }
    parts.add("|" + stream.finish());
    return parts;
  }

  private static List<String> bytes(String text, String... stops) {
    return released(new TextStream(new Characters(), List.of(stops), NO_PROMPT), Characters.ids(text));
  }

  @Test
  void everyIdReleasesItsTextAtOnce() {
    assertThat(bytes("abc")).containsExactly("a", "b", "c", "|");
  }

  @Test
  void aCharacterOfSeveralBytesIsHeldUntilItIsComplete() {
    assertThat(bytes("aé日😀z")).containsExactly("a", "", "é", "", "", "日", "", "", "", "😀", "z", "|");
  }

  @Test
  void anIncompleteCharacterAtTheEndBecomesAReplacement() {
    List<Integer> ids = Characters.ids("日").subList(0, 2);
    assertThat(released(new TextStream(new Characters(), List.of(), NO_PROMPT), ids)).containsExactly("", "", "|\uFFFD");
  }

  @Test
  void idsThatNeverMakeACharacterDoNotHoldTheTextForEver() {
    TextStream stream = new TextStream(new Characters(), List.of(), NO_PROMPT);
    for (int i = 0; i < 1000; i++) {
      stream.add(0x80);
    }
    assertThat(stream.text()).hasSizeGreaterThan(980).matches("\uFFFD+");
    Characters.ids("日a").forEach(stream::add);
    assertThat(stream.text()).hasSize(1002).endsWith("\uFFFD日a");
  }

  @Test
  void theStopTextAndWhatFollowsAreNotReleased() {
    assertThat(bytes("one.two", ".")).containsExactly("o", "n", "e", "");
  }

  @Test
  void theBeginOfAStopTextIsHeldUntilItIsClearThatItIsNone() {
    assertThat(bytes("a<b</s", "</s>")).containsExactly("a", "", "<b", "", "", "", "|</s");
  }

  @Test
  void aStopTextIsFoundAfterItsOwnBegin() {
    assertThat(bytes("aaab!", "aab")).containsExactly("", "", "a", "");
    assertThat(bytes("ababac!", "abac")).containsExactly("", "", "", "ab", "", "");
  }

  @Test
  void aStopTextMayBeginAndEndWithinTokens() {
    Pieces pieces = Pieces.of("Hello ", "wor", "ld. The", " END", "ING");
    TextStream stream = new TextStream(pieces, List.of("The END"), NO_PROMPT);
    assertThat(released(stream, List.of(0, 1, 2, 3))).containsExactly("Hello ", "wor", "ld. ", "");
    assertThat(stream.text()).isEqualTo("Hello world. ");
  }

  @ParameterizedTest
  @CsvSource({"abc, a", "a|b|c, a", "ab|c, a", "a|bc, a"})
  void ofTwoStopTextsTheOneThatIsCompleteFirstCountsWhereverTokensEnd(String text, String expected) {
    String[] pieces = text.split("\\|");
    TextStream stream = new TextStream(Pieces.of(pieces), List.of("abc", "b"), NO_PROMPT);
    released(stream, java.util.stream.IntStream.range(0, pieces.length).boxed().toList());
    assertThat(stream.stopped()).isTrue();
    assertThat(stream.text()).isEqualTo(expected);
  }

  @Test
  void ofTwoStopTextsThatAreCompleteAtOnceTheLongerCounts() {
    assertThat(bytes("xab", "b", "ab")).containsExactly("x", "", "");
  }

  @Test
  void theFirstWordIsSpacedAsItGoesOnFromThePrompt() {
    Pieces pieces = Pieces.of("▁the", "▁cat", "s", "▁sat");
    assertThat(released(new TextStream(pieces, List.of(), new int[] {0}), List.of(1, 2, 3)))
        .containsExactly(" cat", "s", " sat", "|");
    assertThat(released(new TextStream(pieces, List.of(), NO_PROMPT), List.of(1, 2, 3))).containsExactly("cat", "s", " sat", "|");
  }

  @Test
  void idsWithoutTextDoNotSpoilTheSpacing() {
    TextStream stream = new TextStream(Pieces.of("▁the", "", "▁cat"), List.of(), NO_PROMPT);
    stream.add(0);
    for (int i = 0; i < 100; i++) {
      assertThat(stream.add(1)).isEmpty();
    }
    assertThat(stream.add(2)).isEqualTo(" cat");
  }

  @Test
  void aStopTextInThePromptDoesNotStop() {
    TextStream stream = new TextStream(new Characters(), List.of("b"), new Characters().encode("abc ab"));
    assertThat(released(stream, Characters.ids("cd"))).containsExactly("c", "d", "|");
  }

  @Test
  void withoutATokenizerThereIsNoText() {
    assertThat(released(new TextStream(null, List.of(), NO_PROMPT), List.of(1, 2))).containsExactly("", "", "|");
  }

  @Property(tries = 500)
  void whatIsReleasedIsTheTextUpToTheStopTextHoweverItIsCutIntoTokens(@ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int begin = random.nextInt(3);
      String piece = "ababab".substring(begin, begin + 1 + random.nextInt(3)) + (random.nextBoolean() ? "" : "é");
      pieces.add(piece);
      text.append(piece);
    }
    List<String> stops = List.of("ababab".substring(random.nextInt(2), 3 + random.nextInt(2)) + "éa", "bbb");
    Tokenizer tokenizer = new Pieces(pieces);
    TextStream stream = new TextStream(tokenizer, stops, NO_PROMPT);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < pieces.size() && !stream.stopped(); i++) {
      parts.add(stream.add(i));
    }
    parts.add(stream.finish());
    int end = text.length();
    int stopEnd = Integer.MAX_VALUE;
    for (String stop : stops) {
      int found = text.indexOf(stop);
      if (found >= 0 && (found + stop.length() < stopEnd || found + stop.length() == stopEnd && found < end)) {
        end = found;
        stopEnd = found + stop.length();
      }
    }
    assertThat(String.join("", parts)).isEqualTo(stream.text()).isEqualTo(text.substring(0, end));
    assertThat(stream.stopped()).isEqualTo(stopEnd != Integer.MAX_VALUE);
  }
}
