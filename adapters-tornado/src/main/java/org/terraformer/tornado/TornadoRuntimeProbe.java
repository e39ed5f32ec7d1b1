package org.terraformer.tornado;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether a TornadoVM runtime is here. Touching a TornadoVM class without a runtime fails in many ways, and for good: so the modules are
 * looked for first, the one class that touches TornadoVM is loaded by name, once, and the answer is kept.
 */
final class TornadoRuntimeProbe {
  private static final String RUNTIME_MODULE = "tornado.runtime";
  private static final String API_MODULE = "tornado.api";
  private static final String DEVICES_CLASS = "org.terraformer.tornado.TornadoDevices";

  /**
   * @param devices what the runtime offers, empty without a runtime
   * @param problem the rest of a sentence that starts with the backend's name; empty if there are devices
   */
  record Answer(List<String> devices, String problem) {}

  private static final class Kept {
    private static final Answer ANSWER = probe();
  }

  private TornadoRuntimeProbe() {}

  static Answer answer() {
    return Kept.ANSWER;
  }

  private static Answer probe() {
    Optional<Module> api = ModuleLayer.boot().findModule(API_MODULE);
    if (ModuleLayer.boot().findModule(RUNTIME_MODULE).isEmpty() || api.isEmpty()) {
      return new Answer(List.of(), "finds no TornadoVM runtime: start Java with the argument file of a TornadoVM SDK for JDK 25");
    }
    TornadoRuntimeProbe.class.getModule().addReads(api.get());
    return probe(DEVICES_CLASS);
  }

  /** Asks a supplier of device names, loaded by name; whatever it throws becomes a problem. */
  static Answer probe(String className) {
    try {
      @SuppressWarnings("unchecked")
      Supplier<List<String>> supplier =
          (Supplier<List<String>>) Class.forName(className).getDeclaredConstructor().newInstance();
      List<String> devices = supplier.get();
      return devices.isEmpty()
          ? new Answer(devices, "finds a TornadoVM runtime but no device")
          : new Answer(List.copyOf(devices), "");
    } catch (Throwable e) {
      // A runtime without driver or device fails with errors of every kind, also while its classes initialise.
      return new Answer(List.of(), "finds a TornadoVM runtime that does not work: " + reason(e));
    }
  }

  private static String reason(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank() ? root.getClass().getSimpleName() : message.lines().findFirst().orElse("");
  }
}
