package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.RootMeanSquareNormGradient;
import org.terraformer.ports.tensor.DType;

/**
 * Vectors along the innermost axis, brought to the same length: {@code y = x / sqrt(mean(x^2) + epsilon)}.
 *
 * <p>Operands: x F32 [..., n]. Result: as x.
 */
public record RootMeanSquareNorm(float epsilon) implements Operation {
  @Override
  public String name() {
    return "root_mean_square_norm";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.F32);
    return Signature.like(operands.getFirst(), operands.getFirst().shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new RootMeanSquareNormGradient(epsilon), adjoint.operand(0), adjoint.upstream()));
    }
  }
}
