package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code block_softmax_at}: with p the softmax of a block and j its index, {@code y[b, n] = u[b] * p_j * ((n = j) - p_n)}.
 *
 * <p>Operands: x F32 [blocks, choices]; index I32 [blocks]; u F32 [blocks]. Result: as x.
 */
public record BlockSoftmaxAtGradient() implements Operation {
  @Override
  public String name() {
    return "block_softmax_at_gradient";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.type(operands.get(2), DType.F32);
    Operands.elements(operands.get(1), x.shape().rows());
    Operands.elements(operands.get(2), x.shape().rows());
    return Signature.like(x, x.shape());
  }
}
