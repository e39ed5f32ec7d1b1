package org.terraformer.tornado.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.terraformer.tornado.plan.DeviceChoice;
import org.terraformer.tornado.plan.DeviceInfo;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The devices of a TornadoVM runtime. */
public final class TornadoDevices implements Supplier<List<DeviceInfo>> {

  /** For the one who looks whether there is a runtime: the first class of TornadoVM's is touched by {@link #get}. */
  public TornadoDevices() {}

  @Override
  public List<DeviceInfo> get() {
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    List<DeviceInfo> devices = new ArrayList<>();
    for (int index = 0; index < runtime.getNumBackends(); index++) {
      TornadoBackend backend = runtime.getBackend(index);
      for (int number = 0; number < backend.getNumDevices(); number++) {
        TornadoDevice device = backend.getDevice(number);
        devices.add(new DeviceInfo(new DeviceChoice(index, number),
            "%s: %s".formatted(backend.getBackendType(), device.getPhysicalDevice().getDeviceName()), device.getMaxGlobalMemory()));
      }
    }
    return devices;
  }

  static TornadoDevice device(DeviceChoice choice) {
    return TornadoRuntimeProvider.getTornadoRuntime().getBackend(choice.backend()).getDevice(choice.device());
  }
}
