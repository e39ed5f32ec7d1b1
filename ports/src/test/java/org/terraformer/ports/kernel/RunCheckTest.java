package org.terraformer.ports.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class RunCheckTest {

  @Test
  void aSequenceHasNoMoreRowsInARunThanItsSlotHasPositions() {
    ExecutionLimits limits = new ExecutionLimits(2, 512, 255);
    assertThatCode(() -> RunCheck.check(limits, 0, 2, 255, 255)).doesNotThrowAnyException();
    assertThatThrownBy(() -> RunCheck.check(limits, 0, 2, 256, 256)).isInstanceOf(InvalidInputException.class)
        .hasMessage("A run of 256 rows of each sequence does not fit the context of 255 positions.");
  }
}
