package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class DeviceChoiceTest {
  private static final DeviceInfo FIRST = new DeviceInfo(new DeviceChoice(0, 0), "one", 1L << 30);
  private static final DeviceInfo SECOND = new DeviceInfo(new DeviceChoice(0, 1), "two", 1L << 34);

  @Test
  void aDeviceIsChosenByItsNumbers() {
    assertThat(DeviceChoice.of(Optional.of("0:1"), List.of(FIRST, SECOND))).isEqualTo(SECOND);
  }

  @Test
  void withoutNumbersItIsTheFirst() {
    assertThat(DeviceChoice.of(Optional.empty(), List.of(FIRST, SECOND))).isEqualTo(FIRST);
    assertThat(DeviceChoice.find(Optional.empty(), List.of())).isEmpty();
  }

  @Test
  void anUnknownDeviceIsRefusedAndTheKnownOnesAreListed() {
    assertThatThrownBy(() -> DeviceChoice.of(Optional.of("1"), List.of(FIRST, SECOND))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The device is 1 but must be one of 0:0 one (1,024 MiB), 0:1 two (16,384 MiB).");
  }
}
