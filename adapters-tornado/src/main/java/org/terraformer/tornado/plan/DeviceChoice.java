package org.terraformer.tornado.plan;

import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A device by number.
 *
 * @param backend of TornadoVM's backends, as OpenCL or CUDA
 * @param device of that backend's devices
 */
public record DeviceChoice(int backend, int device) {

  /**
   * The device that is called {@code 0:1}.
   *
   * @throws InvalidInputException if that is something else, or not among these
   */
  public static DeviceInfo of(String text, List<DeviceInfo> known) {
    return known.stream().filter(one -> one.choice().toString().equals(text.strip())).findFirst()
        .orElseThrow(() -> InvalidInputException.of("The device is %s but must be one of %s.", text,
            String.join(", ", known.stream().map(DeviceInfo::toString).toList())));
  }

  @Override
  public String toString() {
    return backend + ":" + device;
  }
}
