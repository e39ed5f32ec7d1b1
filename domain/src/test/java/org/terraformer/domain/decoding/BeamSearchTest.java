package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.decoding.BeamSearch.Beam;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;

class BeamSearchTest {
  private static final int VOCABULARY = 4;
  private static final int[] PROMPT = {1, 2};

  private static BeamSearch search(int slots, int context, Function<List<Integer>, float[]> language) {
    return new BeamSearch(ScriptedLanguage.session(VOCABULARY, context, slots, language));
  }

  /** All sequences that the search could find, with the scores of their definition, best first. */
  private static List<Beam> everything(Function<List<Integer>, float[]> language, int longest, double penalty,
      Set<Integer> stops) {
    List<Beam> all = new ArrayList<>();
    extend(language, List.of(), 0, longest, penalty, stops, all);
    all.sort(Comparator.comparingDouble(Beam::score).reversed());
    return all;
  }

  private static void extend(Function<List<Integer>, float[]> language, List<Integer> ids, double sum, int longest,
      double penalty, Set<Integer> stops, List<Beam> all) {
    if (ids.size() == longest) {
      all.add(new Beam(ids, sum / Math.pow(longest, penalty), FinishReason.MAX_TOKENS));
      return;
    }
    List<Integer> history = new ArrayList<>(List.of(PROMPT[0], PROMPT[1]));
    history.addAll(ids);
    float[] logits = language.apply(history);
    for (int id = 0; id < VOCABULARY; id++) {
      double next = sum + Logits.logProbability(logits, 0, VOCABULARY, id);
      if (stops.contains(id)) {
        all.add(new Beam(ids, next / Math.pow(ids.size() + 1, penalty), FinishReason.STOP_ID));
      } else {
        List<Integer> longer = new ArrayList<>(ids);
        longer.add(id);
        extend(language, longer, next, longest, penalty, stops, all);
      }
    }
  }

  @Property(tries = 100)
  void withABeamForEverythingTheBestOfAllSequencesAreFound(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int penalty, @ForAll @IntRange(min = 0, max = 2) int stopping) {
    Function<List<Integer>, float[]> language = ScriptedLanguage.tangled(VOCABULARY, seed);
    Set<Integer> stops = stopping == 0 ? Set.of() : stopping == 1 ? Set.of(3) : Set.of(0, 2);
    List<Beam> expected = everything(language, 4, penalty / 2.0, stops);
    List<Beam> found = search(256, 100, language).search(PROMPT, 256, 4, penalty / 2.0, stops);
    assertThat(found).hasSize(expected.size());
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-9));
      assertThat(found.get(i).reason()).isEqualTo(expected.get(i).reason());
    }
    assertThat(found).extracting(Beam::ids).containsExactlyElementsOf(expected.stream().map(Beam::ids).toList());
  }

  @Property(tries = 100)
  void everyBeamHasTheScoreOfItsSequence(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int beams) {
    Function<List<Integer>, float[]> language = ScriptedLanguage.tangled(VOCABULARY, seed);
    List<Beam> all = everything(language, 6, 0.7, Set.of(0));
    List<Beam> found = search(6, 100, language).search(PROMPT, beams, 6, 0.7, Set.of(0));
    assertThat(found).hasSize(beams).isSortedAccordingTo(Comparator.comparingDouble(Beam::score).reversed());
    assertThat(found).extracting(Beam::ids, Beam::reason).doesNotHaveDuplicates();
    for (Beam beam : found) {
      assertThat(all).anySatisfy(known -> {
        assertThat(known.ids()).isEqualTo(beam.ids());
        assertThat(known.reason()).isEqualTo(beam.reason());
        assertThat(known.score()).isCloseTo(beam.score(), within(1e-9));
      });
    }
  }

  @Property(tries = 100)
  void oneBeamWithoutPenaltyFindsWhatGreedyDecodingFinds(@ForAll long seed) {
    Function<List<Integer>, float[]> language = ScriptedLanguage.tangled(VOCABULARY, seed);
    Beam beam = search(1, 100, language).search(PROMPT, 1, 10, 0, Set.of(0)).getFirst();
    Sample sample = new Generator(ScriptedLanguage.session(VOCABULARY, 100, language), Optional.empty()).generate(
        new GenerationRequest(List.of(PROMPT[0], PROMPT[1]), 10, Sampling.GREEDY, Set.of(0), List.of(), 0, 1, true),
        TokenListener.NONE).getFirst();
    assertThat(beam.ids()).isEqualTo(sample.ids());
    assertThat(beam.reason()).isEqualTo(sample.reason());
  }

  @Test
  void twoBeamsFindWhatGreedyDecodingMisses() {
    // The likelier first token is followed by four even chances, the other one by a certainty.
    Function<List<Integer>, float[]> language = history -> switch (history.size()) {
      case 2 -> logs(0.6, 0.4, 0, 0);
      case 3 -> history.getLast() == 0 ? logs(0.25, 0.25, 0.25, 0.25) : logs(0, 0, 0, 1);
      default -> throw new IllegalStateException("too long");
    };
    assertThat(search(2, 100, language).search(PROMPT, 1, 2, 0, Set.of()).getFirst().ids()).containsExactly(0, 0);
    List<Beam> two = search(2, 100, language).search(PROMPT, 2, 2, 0, Set.of());
    assertThat(two).extracting(Beam::ids).containsExactly(List.of(1, 3), List.of(0, 0));
    assertThat(two.getFirst().score()).isCloseTo(Math.log(0.4), within(1e-6));
  }

  @Test
  void ofEquallyLikelyContinuationsTheLowerIdsAreKept() {
    assertThat(search(3, 100, history -> new float[VOCABULARY]).search(PROMPT, 3, 2, 0, Set.of()))
        .extracting(Beam::ids).containsExactly(List.of(0, 0), List.of(0, 1), List.of(0, 2));
  }

  @Test
  void aSequenceThatIsDoneStaysAmongTheFoundOnes() {
    // The end after one token has the probability 0.5, any longer sequence less.
    Function<List<Integer>, float[]> language = history -> logs(0.5, 0.3, 0.1, 0.1);
    List<Beam> found = search(2, 100, language).search(PROMPT, 2, 5, 0, Set.of(0));
    assertThat(found.getFirst().ids()).isEmpty();
    assertThat(found.getFirst().reason()).isEqualTo(FinishReason.STOP_ID);
    assertThat(found.getFirst().score()).isCloseTo(Math.log(0.5), within(1e-6));
    assertThat(found.get(1).ids()).containsExactly(1);
    assertThat(found.get(1).score()).isCloseTo(Math.log(0.5 * 0.3), within(1e-6));
  }

  @Test
  void theLengthPenaltyFavoursLongSequences() {
    Function<List<Integer>, float[]> language = history -> logs(0.4, 0.6, 0, 0);
    assertThat(search(3, 100, language).search(PROMPT, 3, 5, 0, Set.of(0)).getFirst().ids()).isEmpty();
    Beam longest = search(3, 100, language).search(PROMPT, 3, 5, 1, Set.of(0)).getFirst();
    assertThat(longest.ids()).containsExactly(1, 1, 1, 1, 1);
    assertThat(longest.score()).as("five times log 0.6, over five").isCloseTo(Math.log(0.6), within(1e-6));
  }

  @Test
  void theSearchEndsWhenNothingOpenCanWinAnyMore() {
    ScriptedLanguage language = new ScriptedLanguage(VOCABULARY, new ExecutionLimits(2, 8, 100),
        history -> logs(0.9, 0.08, 0.01, 0.01));
    List<Beam> found = new BeamSearch(new DecodingSession(language, 100)).search(PROMPT, 2, 50, 0, Set.of(0));
    assertThat(found).extracting(Beam::ids).containsExactly(List.of(), List.of(1));
    assertThat(language.runs()).as("the prompt and one step").hasSize(2);
  }

  @Test
  void aSearchThatIsNotToGoOnGivesWhatItHasFoundSoFar() {
    Function<List<Integer>, float[]> language = history -> logs(0.2, 0.7, 0.1, 0);
    List<Boolean> answers = new ArrayList<>(List.of(true, true, false));
    List<Beam> found = search(2, 100, language).search(PROMPT, 2, 50, 0, Set.of(0), answers::removeFirst);
    assertThat(answers).isEmpty();
    assertThat(found.getFirst().ids()).containsExactly(1, 1, 1);
    assertThat(found.getFirst().score()).isCloseTo(3 * Math.log(0.7), within(1e-6));
    assertThat(found.getFirst().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(found.get(1).ids()).as("one that had ended").isEmpty();
  }

  @Test
  void impossibleContinuationsAreNotFound() {
    List<Beam> found = search(4, 100, ScriptedLanguage.counting(VOCABULARY)).search(PROMPT, 4, 3, 0, Set.of());
    assertThat(found).extracting(Beam::ids).containsExactly(List.of(3, 0, 1));
    assertThat(found.getFirst().score()).isZero();
  }

  @Test
  void theSearchEndsWhereTheContextIsFull() {
    List<Beam> found = search(2, 4, ScriptedLanguage.counting(VOCABULARY)).search(PROMPT, 2, 50, 0, Set.of());
    assertThat(found).containsExactly(new Beam(List.of(3, 0, 1), 0, FinishReason.CONTEXT_FULL));
  }

  @Test
  void aStateIsCopiedOnlyWhereASequenceHasSeveralContinuations() {
    ScriptedLanguage language = new ScriptedLanguage(VOCABULARY, new ExecutionLimits(3, 8, 100),
        ScriptedLanguage.counting(VOCABULARY));
    new BeamSearch(new DecodingSession(language, 100)).search(PROMPT, 3, 20, 0, Set.of());
    assertThat(language.copies()).isZero();
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    BeamSearch search = search(4, 5, ScriptedLanguage.counting(VOCABULARY));
    refused(search, PROMPT, 5, 1, 0, Set.of(), "The number of beams is 5 but must be from 1 to 4, the sequence slots.");
    refused(search, PROMPT, 0, 1, 0, Set.of(), "The number of beams is 0 but must be from 1 to 4, the sequence slots.");
    refused(search, PROMPT, 1, 0, 0, Set.of(), "The number of tokens to generate is 0 but must be at least 1.");
    refused(search, PROMPT, 1, 1, Double.NaN, Set.of(), "The length penalty is NaN but must be from 0 to 10.");
    refused(search, new int[6], 1, 1, 0, Set.of(), "The prompt has 6 tokens but the model's context holds 5.");
    refused(search, new int[0], 1, 1, 0, Set.of(), "There is no token to feed; at least one is needed.");
    refused(search, PROMPT, 1, 1, 0, Set.of(4), "The stop id 4 is not in the vocabulary, whose ids are 0 to 3.");
    refused(search(1, 5, history -> new float[] {0, 0, Float.NaN, 0}), PROMPT, 1, 1, 0, Set.of(),
        "The model gave the token 2 the logit NaN, so its weights or inputs are broken.");
  }

  private static void refused(BeamSearch search, int[] prompt, int beams, int maxTokens, double penalty, Set<Integer> stops,
      String why) {
    assertThatThrownBy(() -> search.search(prompt, beams, maxTokens, penalty, stops))
        .isInstanceOf(InvalidInputException.class).hasMessage(why);
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }
}
