package org.terraformer.cpu.scalar;

import org.terraformer.ports.kernel.Step;

/** Makes the plain kernel of one kind of operation; registered under the operation's name. */
@FunctionalInterface
public interface ScalarKernelFactory {

  ScalarKernel create(Step step);
}
