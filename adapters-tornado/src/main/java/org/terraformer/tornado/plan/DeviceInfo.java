package org.terraformer.tornado.plan;

import java.util.Locale;

/**
 * What a TornadoVM runtime says of a device.
 *
 * @param memory bytes that it has
 */
public record DeviceInfo(DeviceChoice choice, String name, long memory) {

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %s (%,d MiB)", choice, name, memory >> 20);
  }
}
