package org.terraformer.cpu.scalar;

import org.terraformer.cpu.run.Frame;

/**
 * Computes one operation in the plainest way, in double precision. State tensors are laid out slot by slot, {@code slot * width + i}; those
 * for each position also part by part, {@code ((slot * parts + part) * contextLength + position) * (width / parts) + i}, with as many parts as
 * {@link org.terraformer.ports.kernel.Operation#contextParts} says.
 */
@FunctionalInterface
public interface ScalarKernel {

  void run(Frame frame, ScalarTensor[] operands, ScalarTensor result);
}
