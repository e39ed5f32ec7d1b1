package org.terraformer.tornado;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.terraformer.tornado.plan.DeviceInfo;
import org.terraformer.tornado.run.Reason;

/**
 * Whether a TornadoVM runtime is here. Touching a TornadoVM class without a runtime fails in many ways, and for good: so the modules are
 * looked for first, the one class that touches TornadoVM is loaded by name, once, and the answer is kept.
 */
final class TornadoRuntimeProbe {
  private static final String RUNTIME_MODULE = "tornado.runtime";
  private static final String API_MODULE = "tornado.api";
  /** Where the methods are that TornadoVM compiles for devices: it takes hold of them by reflection. */
  private static final List<String> KERNEL_PACKAGES = List.of("org.terraformer.tornado.task", "org.terraformer.tornado.run");
  private static final String DEVICES_CLASS = "org.terraformer.tornado.run.TornadoDevices";

  /**
   * @param devices what the runtime offers, empty without a runtime
   * @param problem the rest of a sentence that starts with the backend's name; empty if there are devices
   */
  record Answer(List<DeviceInfo> devices, String problem) {}

  private static final class Kept {
    private static final Answer ANSWER = probe();
  }

  private TornadoRuntimeProbe() {}

  static Answer answer() {
    return Kept.ANSWER;
  }

  private static Answer probe() {
    Optional<Module> api = ModuleLayer.boot().findModule(API_MODULE);
    Optional<Module> runtime = ModuleLayer.boot().findModule(RUNTIME_MODULE);
    if (runtime.isEmpty() || api.isEmpty()) {
      return new Answer(List.of(), "finds no TornadoVM runtime: start Java with the argument file of a TornadoVM SDK for JDK 25");
    }
    Module adapter = TornadoRuntimeProbe.class.getModule();
    adapter.addReads(api.get());
    KERNEL_PACKAGES.forEach(name -> adapter.addOpens(name, runtime.get()));
    setUnlessGiven("tornado.recover.bailout", "False");
    setUnlessGiven("tornado.tvm.maxbytecodesize", "65536");
    setUnlessGiven("tornado.device.memory", "1024GB");
    return probe(DEVICES_CLASS);
  }

  /** Whether this JVM was started with a runtime; asking loads none of its classes. */
  static boolean runtimePresent() {
    return ModuleLayer.boot().findModule(RUNTIME_MODULE).isPresent();
  }

  /**
   * What TornadoVM reads once, when its first class is loaded. A kernel that can't be compiled must fail, not run as Java on its own;
   * graphs of many tasks need room; and how much memory a model may take, the device's own memory limits.
   */
  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** Asks a supplier of devices, loaded by name; whatever it throws becomes a problem. */
  static Answer probe(String className) {
    try {
      @SuppressWarnings("unchecked")
      Supplier<List<DeviceInfo>> supplier =
          (Supplier<List<DeviceInfo>>) Class.forName(className).getDeclaredConstructor().newInstance();
      List<DeviceInfo> devices = supplier.get();
      return devices.isEmpty()
          ? new Answer(devices, "finds a TornadoVM runtime but no device")
          : new Answer(List.copyOf(devices), "");
    } catch (Throwable e) {
      // A runtime without driver or device fails with errors of every kind, also while its classes initialise.
      return new Answer(List.of(), "finds a TornadoVM runtime that does not work: " + Reason.of(e));
    }
  }
}
