package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;

class GeneratorTest {
  private static final Sampling WARM = new Sampling(1, 0, 1, 0, 1);
  private static final Function<List<Integer>, float[]> TANGLED = ScriptedLanguage.tangled(10, 4);

  private static Generator counting(int context) {
    return new Generator(ScriptedLanguage.session(10, context, ScriptedLanguage.counting(10)), Optional.empty());
  }

  /** A language of bytes that says this text after an empty prompt of one byte, then nothing but exclamation marks. */
  private static Generator saying(String text) {
    List<Integer> ids = Characters.ids(text);
    return new Generator(ScriptedLanguage.session(256, 1000, 2, history -> {
      float[] row = new float[256];
      Arrays.fill(row, Float.NEGATIVE_INFINITY);
      row[history.size() <= ids.size() ? ids.get(history.size() - 1) : '!'] = 0;
      return row;
    }), Optional.of(new Characters()));
  }

  private static GenerationRequest request(int maxTokens, Sampling sampling, Set<Integer> stopIds, List<String> stopTexts,
      int samples) {
    return new GenerationRequest(List.of(0), maxTokens, sampling, stopIds, stopTexts, 11, samples, true);
  }

  private static GenerationRequest saying(int maxTokens, String... stops) {
    return new GenerationRequest(List.of((int) ' '), maxTokens, Sampling.GREEDY, Set.of(), List.of(stops), 0, 1, false);
  }

  @Test
  void aSampleEndsAtTheMostTokens() {
    Sample sample = counting(100).generate(GenerationRequest.greedy(List.of(3), 4), TokenListener.NONE).getFirst();
    assertThat(sample).isEqualTo(new Sample(List.of(4, 5, 6, 7), "", List.of(), FinishReason.MAX_TOKENS));
  }

  @Test
  void aSampleEndsBeforeAStopId() {
    Sample sample = counting(100).generate(request(50, Sampling.GREEDY, Set.of(4, 9), List.of(), 1), TokenListener.NONE)
        .getFirst();
    assertThat(sample).isEqualTo(new Sample(List.of(1, 2, 3), "", List.of(0.0, 0.0, 0.0), FinishReason.STOP_ID));
  }

  @Test
  void aStopIdAsTheFirstTokenGivesAnEmptySample() {
    Sample sample = counting(100).generate(request(50, Sampling.GREEDY, Set.of(1), List.of(), 1), TokenListener.NONE).getFirst();
    assertThat(sample).isEqualTo(new Sample(List.of(), "", List.of(), FinishReason.STOP_ID));
  }

  @Test
  void aSampleEndsWhereTheContextIsFull() {
    Sample sample = counting(6).generate(GenerationRequest.greedy(List.of(3, 4), 50), TokenListener.NONE).getFirst();
    assertThat(sample.ids()).as("four tokens are fed after the prompt, and the logits after the last give one more")
        .containsExactly(5, 6, 7, 8, 9);
    assertThat(sample.reason()).isEqualTo(FinishReason.CONTEXT_FULL);
  }

  @Test
  void aPromptThatFillsTheContextIsContinuedByOneToken() {
    Sample sample = counting(3).generate(GenerationRequest.greedy(List.of(3, 4, 5), 50), TokenListener.NONE).getFirst();
    assertThat(sample.ids()).containsExactly(6);
    assertThat(sample.reason()).isEqualTo(FinishReason.CONTEXT_FULL);
    Sample one = counting(3).generate(GenerationRequest.greedy(List.of(3, 4, 5), 1), TokenListener.NONE).getFirst();
    assertThat(one.reason()).isEqualTo(FinishReason.MAX_TOKENS);
  }

  @Test
  void aStopTextIsCutFromTheTextAndFromWhatTheListenerHears() {
    StringBuilder heard = new StringBuilder();
    Sample sample = saying("To be, or not").generate(saying(100, ", or"), (number, id, text) -> {
      heard.append(text);
      return true;
    }).getFirst();
    assertThat(sample.text()).isEqualTo("To be").isEqualTo(heard.toString());
    assertThat(sample.reason()).isEqualTo(FinishReason.STOP_TEXT);
    assertThat(sample.ids()).as("the ids of the stop text are not taken back").isEqualTo(Characters.ids("To be, or"));
  }

  @Test
  void heldBackTextComesAtTheEndWithoutAnId() {
    List<String> heard = new ArrayList<>();
    Sample sample = saying("one<two<").generate(saying(8, "</s>"), (number, id, text) -> heard.add(id + " " + text)).getFirst();
    assertThat(heard).endsWith("111 o", "60 ", "-1 <");
    assertThat(sample.text()).isEqualTo("one<two<");
    assertThat(sample.reason()).isEqualTo(FinishReason.MAX_TOKENS);
  }

  @Test
  void aStopTextThatIsCompleteWithTheLastTokenIsTheReason() {
    assertThat(saying("abcd").generate(saying(4, "cd"), TokenListener.NONE).getFirst())
        .isEqualTo(new Sample(Characters.ids("abcd"), "ab", List.of(), FinishReason.STOP_TEXT));
  }

  @Test
  void theListenerHearsOfEveryTokenInOrder() {
    List<String> heard = new ArrayList<>();
    Generator generator = new Generator(ScriptedLanguage.session(10, 100, 2, ScriptedLanguage.counting(10)), Optional.empty());
    generator.generate(request(2, WARM, Set.of(), List.of(), 3), (number, id, text) -> heard.add(number + ": " + id));
    assertThat(heard).as("two slots: samples 0 and 1 in turn, then 2")
        .containsExactly("0: 1", "1: 1", "0: 2", "1: 2", "2: 1", "2: 2");
  }

  @Test
  void aListenerThatWantsNoMoreEndsAllSamples() {
    Generator generator = new Generator(ScriptedLanguage.session(10, 100, 2, ScriptedLanguage.counting(10)), Optional.empty());
    List<Sample> samples = generator.generate(request(9, WARM, Set.of(), List.of(), 5), (number, id, text) -> id < 3);
    assertThat(samples).extracting(Sample::ids).containsExactly(List.of(1, 2, 3), List.of(1, 2));
    assertThat(samples).extracting(Sample::reason).containsOnly(FinishReason.CANCELLED);
  }

  @Test
  void aListenerThatWantsNoHeldBackTextEndsTheOtherSamplesToo() {
    GenerationRequest two = new GenerationRequest(List.of((int) ' '), 2, Sampling.GREEDY, Set.of(), List.of("bc"), 0, 2, false);
    List<Sample> samples = saying("ab").generate(two, (number, id, text) -> id >= 0);
    assertThat(samples).extracting(Sample::reason).containsExactly(FinishReason.MAX_TOKENS, FinishReason.CANCELLED);
  }

  @Test
  void logProbabilitiesAreThoseOfTheModelWhateverTheSampling() {
    DecodingSession session = ScriptedLanguage.session(10, 100, TANGLED);
    Sampling sampling = new Sampling(0.3, 4, 0.9, 0.1, 1.5);
    Sample sample = new Generator(session, Optional.empty())
        .generate(request(20, sampling, Set.of(), List.of(), 1), TokenListener.NONE).getFirst();
    List<Integer> sequence = new ArrayList<>(List.of(0));
    for (int i = 0; i < 20; i++) {
      float[] logits = TANGLED.apply(sequence);
      int id = sample.ids().get(i);
      assertThat(sample.logProbabilities().get(i)).isCloseTo(Logits.logProbability(logits, 0, logits.length, id), within(1e-9));
      sequence.add(id);
    }
  }

  @Test
  void theSameSeedDrawsTheSameAndAnotherSeedOrSampleAnother() {
    Generator generator = new Generator(ScriptedLanguage.session(10, 100, 4, TANGLED), Optional.empty());
    List<Sample> first = generator.generate(request(12, WARM, Set.of(), List.of(), 4), TokenListener.NONE);
    assertThat(generator.generate(request(12, WARM, Set.of(), List.of(), 4), TokenListener.NONE)).isEqualTo(first);
    assertThat(first).extracting(Sample::ids).doesNotHaveDuplicates();
    GenerationRequest other = new GenerationRequest(List.of(0), 12, WARM, Set.of(), List.of(), 12, 4, true);
    assertThat(generator.generate(other, TokenListener.NONE)).doesNotContainAnyElementsOf(first);
  }

  @Property(tries = 60)
  void aSampleDependsNeitherOnTheSlotsNorOnTheOtherSamples(@ForAll @IntRange(min = 1, max = 7) int slots, @ForAll long seed) {
    GenerationRequest seven = new GenerationRequest(List.of(2, 3), 15, WARM, Set.of(5, 6), List.of(), seed, 7, true);
    Generator one = new Generator(ScriptedLanguage.session(10, 20, 1, TANGLED), Optional.empty());
    Generator several = new Generator(ScriptedLanguage.session(10, 20, slots, TANGLED), Optional.empty());
    assertThat(several.generate(seven, TokenListener.NONE)).isEqualTo(one.generate(seven, TokenListener.NONE));
  }

  @Test
  void samplesThatHaveEndedAreNotComputedAnyMore() {
    ScriptedLanguage language = new ScriptedLanguage(10, new ExecutionLimits(5, 5, 100), TANGLED);
    List<Sample> samples = new Generator(new DecodingSession(language, 100), Optional.empty())
        .generate(request(20, WARM, Set.of(1, 5, 7), List.of(), 5), TokenListener.NONE);
    int rows = language.runs().stream().skip(1).mapToInt(run -> run.charAt(4) - '0').sum();
    int needed = samples.stream().mapToInt(sample -> sample.ids().size() - (sample.reason() == FinishReason.MAX_TOKENS ? 1 : 0))
        .sum();
    assertThat(samples.stream().map(sample -> sample.ids().size()).distinct()).as("lengths").hasSizeGreaterThan(2);
    assertThat(rows).isEqualTo(needed);
  }

  @Test
  void theRepetitionPenaltyCountsThePromptAndTheSample() {
    Generator generator = new Generator(ScriptedLanguage.session(4, 100, history -> new float[] {4, 3, 2, 1}), Optional.empty());
    GenerationRequest request =
        new GenerationRequest(List.of(0), 4, new Sampling(0, 0, 1, 0, 100), Set.of(), List.of(), 0, 1, false);
    assertThat(generator.generate(request, TokenListener.NONE).getFirst().ids()).containsExactly(1, 2, 3, 0);
  }

  @Test
  void whatCanNotBeGeneratedIsRefusedInASentence() {
    assertThatThrownBy(() -> counting(3).generate(GenerationRequest.greedy(List.of(1, 2, 3, 4), 1), TokenListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessage("The prompt has 4 tokens but the model's context holds 3.");
    assertThatThrownBy(() -> counting(3).generate(GenerationRequest.greedy(List.of(1, 10), 1), TokenListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessage("The token id 10 is not in the vocabulary, whose ids are 0 to 9.");
    assertThatThrownBy(() -> counting(9).generate(request(1, WARM, Set.of(12), List.of(), 1), TokenListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessage("The stop id 12 is not in the vocabulary, whose ids are 0 to 9.");
    assertThatThrownBy(() -> counting(9).generate(request(1, WARM, Set.of(), List.of("x"), 1), TokenListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Stop texts need a tokenizer, but the model has none; stop ids can be used.");
    Generator broken = new Generator(ScriptedLanguage.session(2, 9, history -> new float[] {0, Float.NaN}), Optional.empty());
    assertThatThrownBy(() -> broken.generate(GenerationRequest.greedy(List.of(1), 1), TokenListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The model gave the token 1 the logit NaN, so its weights or inputs are broken.");
  }
}
