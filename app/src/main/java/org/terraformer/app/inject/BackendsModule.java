package org.terraformer.app.inject;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import com.google.inject.multibindings.ProvidesIntoMap;
import com.google.inject.multibindings.StringMapKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.tornado.TornadoBackend;
import org.terraformer.tornado.TornadoKernels;
import org.terraformer.tornado.kernel.TornadoKernelFactory;

/** The backends by name, and their kernels by operation name; other modules may add to each. */
public final class BackendsModule extends AbstractModule {
  private final int threads;
  private final boolean quickStart;
  private final Optional<String> device;

  /**
   * @param threads of the backend cpu
   * @param quickStart whether the backend cpu begins with plain kernels
   * @param device of the backend tornado, as {@code 0:1}
   */
  public BackendsModule(int threads, boolean quickStart, Optional<String> device) {
    this.threads = threads;
    this.quickStart = quickStart;
    this.device = device;
  }

  @Override
  protected void configure() {
    MapBinder.newMapBinder(binder(), String.class, ScalarKernelFactory.class);
    MapBinder.newMapBinder(binder(), String.class, CpuKernelFactory.class);
    MapBinder.newMapBinder(binder(), String.class, TornadoKernelFactory.class);
  }

  @ProvidesIntoMap
  @StringMapKey("scalar")
  @Singleton
  Backend scalar(Map<String, ScalarKernelFactory> added) {
    return new ScalarBackend(together(ScalarKernels.all(), added));
  }

  @ProvidesIntoMap
  @StringMapKey("cpu")
  @Singleton
  Backend cpu(Map<String, CpuKernelFactory> added, Map<String, ScalarKernelFactory> addedPlain) {
    return new CpuBackend(together(CpuKernels.all(), added), together(ScalarKernels.all(), addedPlain), threads,
        quickStart ? CpuBackend.QUICK_START : 0);
  }

  @ProvidesIntoMap
  @StringMapKey("tornado")
  @Singleton
  Backend tornado(Map<String, TornadoKernelFactory> added) {
    return new TornadoBackend(together(TornadoKernels.all(), added), device);
  }

  /** The library's own kernels are no bindings: hundreds of them would be what a start takes longest for. */
  private static <K> Map<String, K> together(Map<String, K> own, Map<String, K> added) {
    Map<String, K> all = new HashMap<>(own);
    added.forEach((operation, kernel) -> {
      if (all.putIfAbsent(operation, kernel) != null) {
        throw InvalidInputException.of("The extensions don't fit: there is a kernel for the operation %s already.", operation);
      }
    });
    return all;
  }
}
