package org.terraformer.app.inject;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Singleton;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.MapBinder;
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

  /** Bound without provider methods, which Guice would have to look for at every start. */
  @Override
  protected void configure() {
    Provider<Map<String, ScalarKernelFactory>> scalar = added(ScalarKernelFactory.class, new TypeLiteral<>() {});
    Provider<Map<String, CpuKernelFactory>> cpu = added(CpuKernelFactory.class, new TypeLiteral<>() {});
    Provider<Map<String, TornadoKernelFactory>> tornado = added(TornadoKernelFactory.class, new TypeLiteral<>() {});
    bind("scalar", () -> new ScalarBackend(together(ScalarKernels.all(), scalar.get())));
    bind("cpu", () -> new CpuBackend(together(CpuKernels.all(), cpu.get()), together(ScalarKernels.all(), scalar.get()), threads,
        quickStart ? CpuBackend.QUICK_START : 0));
    bind("tornado", () -> new TornadoBackend(together(TornadoKernels.all(), tornado.get()), device));
  }

  private <K> Provider<Map<String, K>> added(Class<K> kernel, TypeLiteral<Map<String, K>> map) {
    MapBinder.newMapBinder(binder(), String.class, kernel);
    return getProvider(Key.get(map));
  }

  private void bind(String name, Provider<Backend> backend) {
    MapBinder.newMapBinder(binder(), String.class, Backend.class).addBinding(name).toProvider(backend).in(Singleton.class);
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
