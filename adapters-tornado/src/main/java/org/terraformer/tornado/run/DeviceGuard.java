package org.terraformer.tornado.run;

import java.util.function.Supplier;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.tornado.plan.DeviceInfo;

/** TornadoVM reports by exceptions and errors of many kinds; here all of them become a sentence that names the device. */
record DeviceGuard(DeviceInfo device) {

  /**
   * Does some work.
   *
   * @param doing what the work is, as {@code prepare the model}
   * @throws InvalidInputException where the work does, or if it fails otherwise
   */
  <T> T get(String doing, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new InvalidInputException(
          "The backend tornado can't %s on the device %s: %s.".formatted(doing, device.choice(), Reason.of(e)), e);
    }
  }

  /** As {@link #get}, without a result. */
  void run(String doing, Runnable work) {
    get(doing, () -> {
      work.run();
      return null;
    });
  }
}
