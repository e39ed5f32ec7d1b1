package org.terraformer.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The devices of a TornadoVM runtime, as {@code 0:1 NAME (16,384 MiB)}. Only {@link TornadoRuntimeProbe} loads this class. */
final class TornadoDevices implements Supplier<List<String>> {

  TornadoDevices() {}

  @Override
  public List<String> get() {
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    List<String> names = new ArrayList<>();
    for (int backend = 0; backend < runtime.getNumBackends(); backend++) {
      TornadoBackend driver = runtime.getBackend(backend);
      for (int index = 0; index < driver.getNumDevices(); index++) {
        TornadoDevice device = driver.getDevice(index);
        names.add("%d:%d %s (%,d MiB)".formatted(backend, index, device.getDeviceName(), device.getMaxGlobalMemory() >> 20));
      }
    }
    return names;
  }
}
