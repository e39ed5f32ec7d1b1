package org.terraformer.tornado.plan;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;

/** How much of each device's memory is taken by what was prepared for it and is still open. */
public final class DeviceMemory {
  private final Map<DeviceChoice, Long> held = new HashMap<>();

  /** Memory that is set aside until this is closed. */
  @FunctionalInterface
  public interface Reservation extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param what needs so many bytes, as the subject of a sentence
   * @throws InvalidInputException with what is needed, what there is and what others hold of it, if that is too little
   */
  public synchronized void require(String what, long bytes, DeviceInfo device) {
    long others = held.getOrDefault(device.choice(), 0L);
    if (bytes > device.memory() - others) {
      String ofOthers = others == 0 ? "" : String.format(Locale.ROOT, ", of which %,d MiB are taken already", mebibytes(others));
      throw new InvalidInputException(String.format(Locale.ROOT, "%s needs %,d MiB of memory on the device %s %s, which has %,d MiB%s.",
          what, mebibytes(bytes), device.choice(), device.name(), device.memory() >> 20, ofOthers));
    }
  }

  /** Sets so many bytes aside, or refuses as {@link #require} does. */
  public synchronized Reservation reserve(String what, long bytes, DeviceInfo device) {
    require(what, bytes, device);
    held.merge(device.choice(), bytes, Long::sum);
    return new Reservation() {
      private boolean closed;

      @Override
      public void close() {
        synchronized (DeviceMemory.this) {
          if (!closed) {
            closed = true;
            held.merge(device.choice(), -bytes, Long::sum);
          }
        }
      }
    };
  }

  private static long mebibytes(long bytes) {
    return (bytes >> 20) + 1;
  }
}
