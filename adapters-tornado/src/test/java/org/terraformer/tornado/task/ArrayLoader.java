package org.terraformer.tornado.task;

import java.io.IOException;
import java.io.InputStream;

/**
 * Loads the adapter and TornadoVM's API so that they run as plain Java. The API's arrays are marked as using preview features of JDK 21,
 * which a newer one refuses to load; those features are final now, so the mark can go.
 */
final class ArrayLoader extends ClassLoader {
  private static final int MINOR_VERSION = 4;

  ArrayLoader() {
    super(ArrayLoader.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("uk.ac.manchester.tornado.") && !name.startsWith("org.terraformer.tornado.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream stream = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (stream == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = stream.readAllBytes();
      bytes[MINOR_VERSION] = 0;
      bytes[MINOR_VERSION + 1] = 0;
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
