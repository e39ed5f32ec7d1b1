package org.terraformer.app.inject;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Provider;
import com.google.inject.ProvisionException;
import com.google.inject.TypeLiteral;
import com.google.inject.spi.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;

/** Puts the library together: what comes with it and what extensions add. The only place that makes an injector. */
public final class CompositionRoot {
  /** Stands in settings for the backend that is fastest for a model; no backend has this name. */
  public static final String AUTO = "auto";

  private final Injector injector;

  private CompositionRoot(Injector injector) {
    this.injector = injector;
  }

  /**
   * @param threads threads of the backend cpu
   * @param extensions jars, or folders of jars or classes, with extensions beside those that Java was started with
   * @throws InvalidInputException naming an extension that can't be loaded, or what two modules both bind
   */
  public static CompositionRoot of(int threads, List<Path> extensions) {
    return of(threads, false, Optional.empty(), extensions);
  }

  /**
   * As {@link #of(int, List)}.
   *
   * @param quickStart whether the backend cpu begins with plain kernels, for a program that has just started and ends soon
   * @param device of the backend tornado, as {@code 0:1}; empty takes the first
   */
  public static CompositionRoot of(int threads, boolean quickStart, Optional<String> device, List<Path> extensions) {
    List<Module> modules = new ArrayList<>(List.of(new LayerTypesModule(), new BackendsModule(threads, quickStart, device)));
    modules.addAll(Extensions.find(extensions));
    try {
      return new CompositionRoot(Guice.createInjector(modules));
    } catch (CreationException e) {
      Message first = e.getErrorMessages().iterator().next();
      throw new InvalidInputException("The extensions don't fit: %s".formatted(first.getMessage().lines().findFirst().orElse("")), e);
    }
  }

  /** The layer types that configurations may name. */
  public LayerTypes layerTypes() {
    return instance(Key.get(LayerTypes.class));
  }

  /** The backends by name. */
  public Map<String, Backend> backends() {
    return new TreeMap<>(instance(Key.get(new TypeLiteral<Map<String, Backend>>() {})));
  }

  /**
   * A backend that can run here.
   *
   * @throws BackendException if it says why it can't run
   * @throws InvalidInputException if there is none of this name
   */
  public Backend backend(String name) {
    return backend("backend", name);
  }

  /** As {@link #backend(String)}, for a name that another setting gives. */
  public Backend backend(String setting, String name) {
    Backend backend = known(setting, name);
    if (!backend.available()) {
      throw new BackendException("The backend %s %s.".formatted(backend.name(), backend.description()));
    }
    return backend;
  }

  /**
   * A backend, whether it can run here or not.
   *
   * @param setting who names it, as {@code backend}, for the message
   * @throws InvalidInputException if there is none of this name, listing those that there are
   */
  public Backend known(String setting, String name) {
    Map<String, Provider<Backend>> all = instance(Key.get(new TypeLiteral<Map<String, Provider<Backend>>>() {}));
    if (!all.containsKey(name)) {
      throw InvalidInputException.of("The %s is %s but must be one of %s.", setting, name, String.join(", ", new TreeSet<>(all.keySet())));
    }
    return provided(all.get(name)::get);
  }

  /** The backend cpu where Java was started for it, else scalar. */
  public Backend fastest() {
    Backend cpu = known("backend", "cpu");
    return cpu.available() ? cpu : known("backend", "scalar");
  }

  private <T> T instance(Key<T> key) {
    return provided(() -> injector.getInstance(key));
  }

  /** What Guice provides; a sentence of whoever made it in place of Guice's report. */
  private static <T> T provided(Supplier<T> source) {
    try {
      return source.get();
    } catch (ProvisionException e) {
      if (e.getCause() instanceof InvalidInputException sentence) {
        throw sentence;
      }
      throw e;
    }
  }
}
