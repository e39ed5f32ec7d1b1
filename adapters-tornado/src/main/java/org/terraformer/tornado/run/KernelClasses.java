package org.terraformer.tornado.run;

import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.tornado.kernel.KernelTask;

/**
 * Where the classes with the kernels' methods come from. TornadoVM reads their class files, and finds only those of Java's own class path and
 * module path; an extension may have been loaded from elsewhere.
 */
final class KernelClasses {
  private static final String LAMBDA = "$$Lambda";

  private KernelClasses() {}

  /**
   * @throws InvalidInputException naming a class whose file TornadoVM won't find
   */
  static void requireFound(List<List<KernelTask>> parts) {
    parts.forEach(part -> part.forEach(task -> requireFound(task.task().getTaskParameters()[0].getClass())));
  }

  /**
   * @param code the class of a reference to a kernel's method, which is made beside the class that refers to it
   */
  static void requireFound(Class<?> code) {
    String name = code.getName();
    int end = name.indexOf(LAMBDA);
    if (end > 0 && ClassLoader.getSystemResource(name.substring(0, end).replace('.', '/') + ".class") == null) {
      throw InvalidInputException.of("TornadoVM does not find the class %s with a kernel: put its jar on Java's class path also, as by "
          + "TERRAFORMER_OPTS=\"--class-path JAR\".", name.substring(0, end));
    }
  }
}
