package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.ports.failure.InvalidInputException;

class SamplingTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "-0.1 | 0 | 1 | 0 | 1 | The temperature is -0.1 but must be from 0 to 100.",
      "NaN | 0 | 1 | 0 | 1 | The temperature is NaN but must be from 0 to 100.",
      "1 | -1 | 1 | 0 | 1 | The top-k is -1 but must be 0 (all) or more.",
      "1 | 0 | 0 | 0 | 1 | The top-p is 0.0 but must be above 0 and at most 1.",
      "1 | 0 | 1.5 | 0 | 1 | The top-p is 1.5 but must be above 0 and at most 1.",
      "1 | 0 | 1 | NaN | 1 | The min-p is NaN but must be from 0 to 1.",
      "1 | 0 | 1 | 2 | 1 | The min-p is 2.0 but must be from 0 to 1.",
      "1 | 0 | 1 | 0 | 0 | The repetition penalty is 0.0 but must be above 0 and at most 100.",
      "1 | 0 | 1 | 0 | Infinity | The repetition penalty is Infinity but must be above 0 and at most 100."})
  void aNumberOutOfRangeIsNamed(double temperature, int topK, double topP, double minP, double penalty, String sentence) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, topP, minP, penalty))
        .isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @Test
  void theNumbersThatTurnAFilterOffAreAllowed() {
    assertThat(new Sampling(0, 0, 1, 0, 1)).isEqualTo(Sampling.GREEDY);
  }

  @Test
  void aRequestNeedsATokenALengthASampleAndStopTextsWithACharacter() {
    assertThatThrownBy(() -> GenerationRequest.greedy(List.of(), 1)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The prompt has no token; at least the start id is needed.");
    assertThatThrownBy(() -> GenerationRequest.greedy(List.of(1), 0)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The number of tokens to generate is 0 but must be at least 1.");
    assertThatThrownBy(() -> new GenerationRequest(List.of(1), 1, Sampling.GREEDY, Set.of(), List.of(), 0, 0, false))
        .isInstanceOf(InvalidInputException.class).hasMessage("The number of samples is 0 but must be at least 1.");
    assertThatThrownBy(() -> new GenerationRequest(List.of(1), 1, Sampling.GREEDY, Set.of(), List.of("a", ""), 0, 1, false))
        .isInstanceOf(InvalidInputException.class).hasMessage("A stop text is empty; it must have at least one character.");
  }
}
