package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.ports.text.Tokenizer;

/** What is said while tokens come is, put together, what all of them mean after the prompt. */
class StreamedTextTest {
  private static final int TEXTS = 200;

  static Stream<Arguments> tokenizers() {
    return Stream.of(
        Arguments.of("bytes", new ByteTokenizer()),
        Arguments.of("subwords", SubwordTokenizer.parse("file", utf8(SmallVocabularies.SUBWORDS))),
        Arguments.of("byte level", HuggingFaceTokenizer.parse("file", utf8(SmallVocabularies.byteLevelJson()))),
        Arguments.of("unigram", HuggingFaceTokenizer.parse("file", utf8(SmallVocabularies.unigramJson(false)))),
        Arguments.of("byte fallback", HuggingFaceTokenizer.parse("file", utf8(SmallVocabularies.byteFallbackJson()))),
        Arguments.of("sentence pieces",
            SentencePieceTokenizer.parse("file", SmallVocabularies.sentencePiece(1, false, true, true))),
        Arguments.of("sentence pieces and bytes",
            SentencePieceTokenizer.parse("file", SmallVocabularies.sentencePiece(2, true, false, false))));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> streamed(Tokenizer tokenizer, int[] prompt, int[] ids) {
    DecodingSession session =
        new DecodingSession(new ScriptedIds(tokenizer.vocabularySize(), prompt.length, ids), prompt.length + ids.length);
    List<String> said = new ArrayList<>();
    GenerationRequest request = new GenerationRequest(
        Arrays.stream(prompt).boxed().toList(), ids.length, Sampling.GREEDY, Set.of(), List.of(), 0, 1, false);
    Generator generator = new Generator(session, Optional.of(tokenizer));
    String text = generator.generate(request, (sample, id, piece) -> said.add(piece)).getFirst().text();
    assertThat(String.join("", said)).isEqualTo(text);
    return said;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void textComesOutWholeAndNoCharacterIsBroken(String name, Tokenizer tokenizer) {
    Random random = new Random(1);
    for (int i = 0; i < TEXTS; i++) {
      int[] prompt = tokenizer.encode("the is");
      StringBuilder words = new StringBuilder(" ");
      random.ints(1 + random.nextInt(30), 0, 10).forEach(
          word -> words.append(List.of("the", " ", "  ", "é", "is", " this", "t", "€", "😀", ",").get(word)));
      int[] ids = tokenizer.encode(words.toString());
      String whole = tokenizer.decode(joined(prompt, ids)).substring(tokenizer.decode(prompt).length());
      List<String> said = streamed(tokenizer, prompt, ids.length == 0 ? prompt : ids);
      if (ids.length > 0) {
        assertThat(String.join("", said)).as(words.toString()).isEqualTo(whole).doesNotContain("\uFFFD");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenizers")
  void idsInAnyOrderMeanTheSameOneByOne(String name, Tokenizer tokenizer) {
    Random random = new Random(2);
    int[] prompt = tokenizer.encode("the is");
    int[] textual = IntStream.range(0, tokenizer.vocabularySize()).filter(id -> {
      String alone = tokenizer.decode(new int[] {prompt[0], id});
      return !alone.contains("\uFFFD");
    }).toArray();
    for (int i = 0; i < TEXTS; i++) {
      int[] ids = random.ints(1 + random.nextInt(60), 0, textual.length).map(at -> textual[at]).toArray();
      for (int word = 0; word < ids.length; word += 8) {
        ids[word] = prompt[prompt.length - 1];
      }
      String whole = tokenizer.decode(joined(prompt, ids)).substring(tokenizer.decode(prompt).length());
      assertThat(String.join("", streamed(tokenizer, prompt, ids))).as(Arrays.toString(ids)).isEqualTo(whole);
    }
  }

  @Test
  void manySpacesAreAllSaid() {
    Tokenizer tokenizer = SentencePieceTokenizer.parse("file", SmallVocabularies.sentencePiece(1, false, true, false));
    int[] ids = new int[100];
    Arrays.fill(ids, 3);
    ids[99] = 9;
    assertThat(String.join("", streamed(tokenizer, new int[] {9}, ids))).isEqualTo(" ".repeat(100) + "the");
  }

  private static int[] joined(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }
}
