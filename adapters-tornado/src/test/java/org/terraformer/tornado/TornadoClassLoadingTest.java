package org.terraformer.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.kernel.Backend;

class TornadoClassLoadingTest {

  /** Defines the adapter's classes itself, so that it hears of every class that they ask for. */
  private static final class ListeningLoader extends ClassLoader {
    private final List<String> asked = new ArrayList<>();

    private ListeningLoader() {
      super(TornadoBackend.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      asked.add(name);
      if (!name.startsWith("org.terraformer.tornado.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known != null ? known : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = stream.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void askingWithoutRuntimeLoadsNoClassOfTornadoVm() throws ReflectiveOperationException {
    Assumptions.assumeFalse(TornadoRuntimeProbe.runtimePresent(), "Java was started with a TornadoVM runtime");
    ListeningLoader loader = new ListeningLoader();
    Backend backend = (Backend) loader.loadClass(TornadoBackend.class.getName()).getDeclaredConstructor(Map.class, Optional.class)
        .newInstance(Map.of(), Optional.empty());

    assertThat(backend.available()).isFalse();
    assertThat(backend.description()).startsWith("finds no TornadoVM runtime");
    assertThat(loader.asked).contains("org.terraformer.tornado.TornadoRuntimeProbe")
        .doesNotContain("org.terraformer.tornado.run.TornadoDevices")
        .noneMatch(name -> name.startsWith("uk.ac.manchester."));
  }
}
