package org.terraformer.tornado;

import java.util.Map;
import org.terraformer.tornado.kernel.TornadoKernelFactory;
import org.terraformer.tornado.task.TornadoTasks;

/** The kernels that come with the library, by operation name; none where Java was started without a TornadoVM runtime. */
public final class TornadoKernels {
  private TornadoKernels() {}

  public static Map<String, TornadoKernelFactory> all() {
    return TornadoRuntimeProbe.runtimePresent() ? TornadoTasks.all() : Map.of();
  }
}
