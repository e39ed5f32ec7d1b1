package org.terraformer.tornado.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class KernelClassesTest {
  /** A class of which Java's own loaders know no file. */
  static final class Elsewhere extends ClassLoader {
    Class<?> load() throws IOException {
      String file = Loaded.class.getName().replace('.', '/') + ".class";
      try (InputStream stream = Loaded.class.getClassLoader().getResourceAsStream(file)) {
        byte[] code = new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1)
            .replace("KernelClassesTest$Loaded", "KernelClassesTest$Beyond").getBytes(StandardCharsets.ISO_8859_1);
        return defineClass(null, code, 0, code.length);
      }
    }
  }

  /** Has a method reference. */
  public static final class Loaded implements Supplier<Object> {
    @Override
    public Object get() {
      Runnable reference = Loaded::kernel;
      return reference;
    }

    private static void kernel() {}
  }

  @Test
  void aKernelOfTheClassPathIsFound() {
    assertThatCode(() -> KernelClasses.requireFound(new Loaded().get().getClass())).doesNotThrowAnyException();
  }

  @Test
  void aKernelFromElsewhereIsNotAndItsClassIsNamed() throws ReflectiveOperationException, IOException {
    Supplier<?> beyond = (Supplier<?>) new Elsewhere().load().getDeclaredConstructor().newInstance();
    assertThatThrownBy(() -> KernelClasses.requireFound(beyond.get().getClass())).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("KernelClassesTest$Beyond").hasMessageContaining("--class-path");
  }
}
