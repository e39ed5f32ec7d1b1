package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.tensor.DType;

class DecodingSessionTest {
  private static final Function<List<Integer>, float[]> LANGUAGE = ScriptedLanguage.tangled(7, 1);

  private final ScriptedLanguage language = new ScriptedLanguage(7, new ExecutionLimits(3, 4, 12), LANGUAGE);
  private final DecodingSession session = new DecodingSession(language, 10);

  private float[] logits(int sequences) {
    float[] all = new float[sequences * 7];
    session.readLogits(all, sequences);
    return all;
  }

  @Test
  void aPromptIsFedInAsFewRunsAsThereAreRowsAndOnlyItsLastLogitsAreComputed() {
    session.feed(1, new int[] {1, 2, 3, 4, 5, 6, 0, 1, 2}, 9);
    assertThat(language.runs()).containsExactly("1 x 1 x 4, 0", "1 x 1 x 4, 0", "1 x 1 x 1, 1");
    assertThat(session.position(1)).isEqualTo(9);
    assertThat(logits(1)).isEqualTo(LANGUAGE.apply(List.of(1, 2, 3, 4, 5, 6, 0, 1, 2)));
  }

  @Test
  void slotsStepTogetherEachFromItsOwnPosition() {
    session.feed(0, new int[] {1, 2}, 2);
    session.feed(1, new int[] {3}, 1);
    session.step(0, 3, new int[] {4, 5, 6});
    assertThat(logits(3))
        .containsExactly(join(LANGUAGE.apply(List.of(1, 2, 4)), LANGUAGE.apply(List.of(3, 5)), LANGUAGE.apply(List.of(6))));
    assertThat(List.of(session.position(0), session.position(1), session.position(2))).containsExactly(3, 2, 1);
  }

  @Test
  void aForkGoesOnFromWhereTheOtherIsAndLeavesItAlone() {
    session.feed(0, new int[] {1, 2}, 2);
    session.fork(0, 2);
    session.step(2, 1, new int[] {3});
    session.step(0, 1, new int[] {4});
    assertThat(logits(1)).isEqualTo(LANGUAGE.apply(List.of(1, 2, 4)));
    session.step(2, 1, new int[] {5});
    assertThat(logits(1)).isEqualTo(LANGUAGE.apply(List.of(1, 2, 3, 5)));
  }

  @Test
  void aResetSlotStartsAnew() {
    session.feed(0, new int[] {1, 2}, 2);
    session.reset(0);
    session.feed(0, new int[] {6}, 1);
    assertThat(logits(1)).isEqualTo(LANGUAGE.apply(List.of(6)));
  }

  @Test
  void theCapacityIsTheModelsOrTheExecutablesWhicheverIsLess() {
    assertThat(session.capacity()).isEqualTo(10);
    assertThat(new DecodingSession(language, 1000).capacity()).isEqualTo(12);
  }

  @Test
  void aSequenceThatHasToStartWholeStartsWithOneRunAndGoesOnInPieces() {
    ScriptedLanguage whole = ScriptedLanguage.startingWhole(7, new ExecutionLimits(2, 8, 24), LANGUAGE);
    DecodingSession starting = new DecodingSession(whole, 24);
    starting.feed(1, new int[] {1, 2, 3, 4, 5, 6}, 6);
    starting.feed(1, new int[10], 10);
    starting.step(0, 1, new int[] {3});
    assertThat(whole.runs()).containsExactly("1 x 1 x 6, 1", "1 x 1 x 8, 0", "1 x 1 x 2, 1", "0 x 1 x 1, 1");
  }

  @Test
  void aSequenceThatHasToStartWholeIsRefusedIfItIsLongerThanARun() {
    ScriptedLanguage whole = ScriptedLanguage.startingWhole(7, new ExecutionLimits(1, 8, 24), LANGUAGE);
    refused(() -> new DecodingSession(whole, 24).feed(0, new int[9], 9),
        "A sequence of this model starts with one run of its source and prompt, which have 9 tokens, but a run has at most 8.");
    assertThat(whole.runs()).isEmpty();
  }

  @Test
  void decodingNeedsRoomForAPieceOfAPromptAndTheLogitsAfterEachSequence() {
    assertThat(DecodingSession.limits(language.program(), 3, 1000, DType.BF16)).isEqualTo(new ExecutionLimits(3, 512, 3, 1000, DType.BF16));
    assertThat(DecodingSession.limits(language.program(), 3, 2, DType.F32)).isEqualTo(new ExecutionLimits(3, 3, 3, 2, DType.F32));
  }

  @Test
  void whereSequencesStartWholeDecodingNeedsRoomForAWholeContext() {
    Program whole = ScriptedLanguage.startingWhole(7, language.limits(), LANGUAGE).program();
    assertThat(DecodingSession.limits(whole, 3, 1000, DType.F32)).isEqualTo(new ExecutionLimits(3, 1000, 3, 1000, DType.F32));
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAnythingRuns() {
    refused(() -> session.feed(0, new int[0], 0), "There is no token to feed; at least one is needed.");
    refused(() -> session.feed(0, new int[11], 11), "11 tokens after 0 do not fit a context of 10 positions.");
    refused(() -> session.feed(0, new int[] {1, 7}, 2), "The token id 7 is not in the vocabulary, whose ids are 0 to 6.");
    refused(() -> session.feed(0, new int[] {-1}, 1), "The token id -1 is not in the vocabulary, whose ids are 0 to 6.");
    refused(() -> session.step(0, 2, new int[] {1, 9}), "The token id 9 is not in the vocabulary, whose ids are 0 to 6.");
    refused(() -> session.step(0, 4, new int[4]), "The number of sequences of a step is 4 but must be from 1 to 3.");
    assertThat(language.runs()).isEmpty();
  }

  @Test
  void aFullSlotTakesNoFurtherToken() {
    session.feed(0, new int[10], 10);
    refused(() -> session.step(0, 1, new int[] {1}), "1 tokens after 10 do not fit a context of 10 positions.");
  }

  @Test
  void withFewerRowsThanSlotsFewerStepTogether() {
    DecodingSession narrow = new DecodingSession(new ScriptedLanguage(7, new ExecutionLimits(3, 2, 12), LANGUAGE), 10);
    assertThat(narrow.slotsTogether()).isEqualTo(2);
    refused(() -> narrow.step(0, 3, new int[3]), "The number of sequences of a step is 3 but must be from 1 to 2.");
  }

  @Test
  void theLogitsOfAllSlotsMustFitAnArray() {
    refused(() -> new DecodingSession(new ScriptedLanguage(1_000_000, new ExecutionLimits(3000, 1, 1), LANGUAGE), 1),
        "The number of sequence slots is 3000 but with a vocabulary of 1000000 at most 2147 are possible.");
  }

  @Test
  void aProgramWithoutLogitsIsRefused() {
    Program program = new Program(language.program().values(), List.of(), Map.of());
    Executable other = new ScriptedLanguage(language.limits(), LANGUAGE, program);
    refused(() -> new DecodingSession(other, 1), "The program has no output logits; it has [].");
  }

  private static void refused(ThrowingCallable call, String sentence) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  private static float[] join(float[]... rows) {
    float[] all = new float[rows.length * 7];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * 7, 7);
    }
    return all;
  }
}
