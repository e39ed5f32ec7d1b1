package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * A choice that can be learnt: one for the chosen element of each block, zero for the others, with the gradient of the probabilities:
 * {@code y = onehot(index) + p - stop_gradient(p)}.
 *
 * <p>Operands: p F32 [blocks, choices]; index I32 [blocks]. Result: as p.
 */
public record StraightThrough() implements Operation {
  @Override
  public String name() {
    return "straight_through";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value p = operands.getFirst();
    Operands.type(p, DType.F32);
    Operands.type(operands.get(1), DType.I32);
    Operands.sameExtent(p, operands.get(1));
    Operands.elements(operands.get(1), p.shape().rows());
    return Signature.like(p, p.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.upstream());
    }
  }
}
