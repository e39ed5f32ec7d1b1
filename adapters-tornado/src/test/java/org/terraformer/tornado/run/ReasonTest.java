package org.terraformer.tornado.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReasonTest {
  @Test
  void theFirstCauseSpeaksInOneLineWithoutColours() {
    assertThat(Reason.of(new Error(new IllegalStateException("\u001B[31mno device.\u001B[0m\nat all")))).isEqualTo("no device");
  }

  @Test
  void aCauseWithoutMessageIsNamed() {
    assertThat(Reason.of(new NullPointerException())).isEqualTo("NullPointerException");
  }
}
