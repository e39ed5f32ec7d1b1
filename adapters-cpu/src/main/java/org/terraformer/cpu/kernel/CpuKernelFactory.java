package org.terraformer.cpu.kernel;

import org.terraformer.ports.kernel.Step;

/** Makes the kernel of one kind of operation; registered under the operation's name. */
@FunctionalInterface
public interface CpuKernelFactory {

  /**
   * @param operands the memory of the step's operands, in their order
   * @param result the memory of its result
   * @return null for sizes that only the plain kernel can do
   */
  CpuKernel create(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site);
}
