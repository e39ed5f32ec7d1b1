package org.terraformer.app.inject;

import com.google.inject.Module;
import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * Finds extensions: Guice modules that are offered as the service {@link Module}, by {@code provides} in a module's declaration or by
 * {@code META-INF/services}. They bind further layer types, kernels or backends.
 */
final class Extensions {
  private static final String SERVICE = Module.class.getName();

  private Extensions() {}

  /** Those that Java was started with, then those of these places. */
  static List<Module> find(List<Path> places) {
    List<Module> found = new ArrayList<>();
    try {
      ServiceLoader.load(Module.class, Extensions.class.getClassLoader()).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new InvalidInputException("An extension can't be loaded: %s.".formatted(e.getMessage()), e);
    }
    for (Path place : places) {
      found.addAll(load(place));
    }
    return found;
  }

  private static List<Module> load(Path place) {
    if (!Files.exists(place)) {
      throw InvalidInputException.of("There is no extension %s.", place);
    }
    List<ModuleReference> jars;
    try {
      jars = ModuleFinder.of(place).findAll().stream().sorted(Comparator.comparing(jar -> jar.descriptor().name())).toList();
    } catch (FindException e) {
      throw new InvalidInputException("The extension %s can't be read: %s.".formatted(place, e.getMessage()), e);
    }
    List<String> names = jars.stream().flatMap(jar -> jar.descriptor().provides().stream())
        .filter(provided -> provided.service().equals(SERVICE)).flatMap(provided -> provided.providers().stream()).toList();
    if (names.isEmpty()) {
      throw InvalidInputException.of("%s holds no extension; it must be a jar, or a folder with jars or a module's classes, that provides %s.",
          place, SERVICE);
    }
    // Never closed: its classes are needed for as long as the models that were built with them.
    URLClassLoader loader = new URLClassLoader(place.toString(), urls(place, jars), Extensions.class.getClassLoader());
    List<Module> modules = new ArrayList<>();
    for (String name : names) {
      modules.add(instance(place, name, loader));
    }
    return modules;
  }

  private static URL[] urls(Path place, List<ModuleReference> jars) {
    List<URL> urls = new ArrayList<>();
    try {
      for (ModuleReference jar : jars) {
        urls.add(jar.location().orElseThrow().toURL());
      }
    } catch (IOException e) {
      throw new InvalidInputException("The extension %s can't be read: %s.".formatted(place, e.getMessage()), e);
    }
    return urls.toArray(URL[]::new);
  }

  private static Module instance(Path place, String name, ClassLoader loader) {
    try {
      return (Module) Class.forName(name, true, loader).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
      throw new InvalidInputException(
          "The extension %s can't be loaded: %s needs to be a public Guice module with a public constructor (%s).".formatted(place, name, e), e);
    }
  }
}
