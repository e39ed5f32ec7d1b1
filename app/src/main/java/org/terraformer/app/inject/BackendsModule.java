package org.terraformer.app.inject;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import com.google.inject.multibindings.ProvidesIntoMap;
import com.google.inject.multibindings.StringMapKey;
import java.util.Map;
import java.util.Optional;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.tornado.TornadoBackend;
import org.terraformer.tornado.TornadoKernels;
import org.terraformer.tornado.kernel.TornadoKernelFactory;

/** The backends by name, and their kernels by operation name; other modules may add to each. */
public final class BackendsModule extends AbstractModule {
  private final int threads;
  private final Optional<String> device;

  /**
   * @param threads of the backend cpu
   * @param device of the backend tornado, as {@code 0:1}
   */
  public BackendsModule(int threads, Optional<String> device) {
    this.threads = threads;
    this.device = device;
  }

  @Override
  protected void configure() {
    MapBinder<String, ScalarKernelFactory> plain = MapBinder.newMapBinder(binder(), String.class, ScalarKernelFactory.class);
    ScalarKernels.all().forEach((name, factory) -> plain.addBinding(name).toInstance(factory));
    MapBinder<String, CpuKernelFactory> fast = MapBinder.newMapBinder(binder(), String.class, CpuKernelFactory.class);
    CpuKernels.all().forEach((name, factory) -> fast.addBinding(name).toInstance(factory));
    MapBinder<String, TornadoKernelFactory> accelerated = MapBinder.newMapBinder(binder(), String.class, TornadoKernelFactory.class);
    TornadoKernels.all().forEach((name, factory) -> accelerated.addBinding(name).toInstance(factory));
  }

  @ProvidesIntoMap
  @StringMapKey("scalar")
  @Singleton
  Backend scalar(Map<String, ScalarKernelFactory> kernels) {
    return new ScalarBackend(kernels);
  }

  @ProvidesIntoMap
  @StringMapKey("cpu")
  @Singleton
  Backend cpu(Map<String, CpuKernelFactory> kernels, Map<String, ScalarKernelFactory> fallback) {
    return new CpuBackend(kernels, fallback, threads);
  }

  @ProvidesIntoMap
  @StringMapKey("tornado")
  @Singleton
  Backend tornado(Map<String, TornadoKernelFactory> kernels) {
    return new TornadoBackend(kernels, device);
  }
}
