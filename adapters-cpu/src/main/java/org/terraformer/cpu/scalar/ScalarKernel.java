package org.terraformer.cpu.scalar;

import org.terraformer.cpu.run.Frame;

/**
 * Computes one operation in the plainest way, in double precision. State tensors are laid out slot by slot, then item by item:
 * element {@code ((slot * itemsPerSlot) + item) * width + i}.
 */
@FunctionalInterface
public interface ScalarKernel {

  void run(Frame frame, ScalarTensor[] operands, ScalarTensor result);
}
