package org.terraformer.tornado.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.tornado.plan.DeviceChoice;
import org.terraformer.tornado.plan.DeviceInfo;

class DeviceGuardTest {
  private static final DeviceGuard GUARD = new DeviceGuard(new DeviceInfo(new DeviceChoice(0, 1), "some", 1L << 30));

  @Test
  void whateverFailsBecomesASentenceThatNamesTheDevice() {
    Error failure = new Error(new IllegalStateException("CL_OUT_OF_RESOURCES"));
    assertThatThrownBy(() -> GUARD.run("run the model", () -> {
      throw failure;
    })).isInstanceOf(InvalidInputException.class).hasCause(failure)
        .hasMessage("The backend tornado can't run the model on the device 0:1: CL_OUT_OF_RESOURCES.");
  }

  @Test
  void aSentenceStaysAsItIs() {
    InvalidInputException sentence = new InvalidInputException("The context is too long.");
    assertThatThrownBy(() -> GUARD.run("run the model", () -> {
      throw sentence;
    })).isSameAs(sentence);
  }

  @Test
  void whatSucceedsGivesItsResult() {
    assertThat(GUARD.<Integer>get("count", () -> 3)).isEqualTo(3);
  }
}
