package org.terraformer.tornado.kernel;

import java.util.List;

/**
 * Makes the tasks of one kind of operation, in the order in which they run; registered under the operation's name. In a module on Java's
 * module path the package with the tasks' methods must be open to {@code tornado.runtime}.
 */
@FunctionalInterface
public interface TornadoKernelFactory {

  /** Called only where there is a TornadoVM runtime. */
  List<KernelTask> create(KernelSite site);
}
