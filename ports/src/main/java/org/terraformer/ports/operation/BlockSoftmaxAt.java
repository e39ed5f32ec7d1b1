package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.tensor.DType;

/**
 * The softmax probability of one element of each block: {@code y[b] = softmax(x[b, :])[index[b]]}.
 *
 * <p>Operands: x F32 [blocks, choices]; index I32 [blocks]. Result: F32 [blocks].
 */
public record BlockSoftmaxAt() implements Operation {
  @Override
  public String name() {
    return "block_softmax_at";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Value index = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.type(index, DType.I32);
    Operands.sameExtent(x, index);
    Operands.check(x.shape().rank() == 2, "needs blocks [blocks, choices] but got %s", x);
    Operands.shape(index, x.shape().axis(0));
    return Signature.like(x, index.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new BlockSoftmaxAtGradient(), adjoint.operand(0), adjoint.operand(1), adjoint.upstream()));
    }
  }
}
