package org.terraformer.tornado.plan;

import java.util.List;
import java.util.Optional;
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
   * @param text empty for the first
   * @throws InvalidInputException if that is something else, or not among these
   */
  public static DeviceInfo of(Optional<String> text, List<DeviceInfo> known) {
    return find(text, known).orElseThrow(() -> InvalidInputException.of("The device is %s but must be one of %s.",
        text.orElse("the first"), String.join(", ", known.stream().map(DeviceInfo::toString).toList())));
  }

  /** As {@link #of}; empty if there is no such device. */
  public static Optional<DeviceInfo> find(Optional<String> text, List<DeviceInfo> known) {
    return known.stream().filter(one -> text.isEmpty() || one.choice().toString().equals(text.get().strip())).findFirst();
  }

  @Override
  public String toString() {
    return backend + ":" + device;
  }
}
