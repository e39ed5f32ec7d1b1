package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class DeviceMemoryTest {
  private static final DeviceInfo SMALL = new DeviceInfo(new DeviceChoice(0, 1), "small", 3L << 20);
  private static final DeviceInfo OTHER = new DeviceInfo(new DeviceChoice(0, 0), "other", 3L << 20);

  private final DeviceMemory memory = new DeviceMemory();

  @Test
  void aModelThatDoesNotFitIsRefusedWithWhatItNeedsAndWhatThereIs() {
    assertThatThrownBy(() -> memory.reserve("The model", 5_000_000_000L, SMALL)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The model needs 4,769 MiB of memory on the device 0:1 small, which has 3 MiB.");
  }

  @Test
  void modelsThatAreHeldTogetherHaveToFitTogether() {
    memory.reserve("The model", 3 << 19, SMALL);
    memory.reserve("The model", 3 << 19, SMALL);
    assertThatThrownBy(() -> memory.require("The model", 1, SMALL)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The model needs 1 MiB of memory on the device 0:1 small, which has 3 MiB, of which 4 MiB are taken already.");
  }

  @Test
  void whatIsClosedIsGivenBackOnce() {
    DeviceMemory.Reservation first = memory.reserve("The model", 2 << 20, SMALL);
    memory.reserve("The model", 1 << 20, SMALL);
    first.close();
    first.close();
    assertThatCode(() -> memory.require("The model", 2 << 20, SMALL)).doesNotThrowAnyException();
    assertThatThrownBy(() -> memory.require("The model", (2 << 20) + 1, SMALL)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void everyDeviceHasItsOwn() {
    memory.reserve("The model", 3 << 20, SMALL);
    assertThatCode(() -> memory.reserve("The model", 3 << 20, OTHER)).doesNotThrowAnyException();
  }
}
