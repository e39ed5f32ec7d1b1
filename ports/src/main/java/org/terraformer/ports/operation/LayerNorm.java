package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.LayerNormGradient;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;

/**
 * Layer normalisation along the innermost axis: {@code c = x - mean(x)} if centred, else {@code c = x};
 * {@code y = c / sqrt(mean(c^2) + epsilon) * scale + bias}. Without centring it is the RMS norm and has no bias.
 *
 * <p>Operands: x F32 [..., n]; scale vector [n]; if centred, bias vector [n]. Result: as x.
 */
public record LayerNorm(boolean centred, float epsilon) implements Operation {
  @Override
  public String name() {
    return "layer_norm";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, centred ? 3 : 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    for (Value weight : operands.subList(1, operands.size())) {
      Operands.kind(weight, Value.Kind.VECTOR);
      Operands.elements(weight, x.shape().columns());
    }
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new LayerNormGradient(centred, epsilon), adjoint.operand(0), adjoint.operand(1), adjoint.upstream()));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new LayerNormScaleGradient(centred, epsilon), adjoint.operand(0), adjoint.upstream()));
    }
    if (centred && adjoint.wants(2)) {
      adjoint.add(2, adjoint.apply(SumOverItems.like(adjoint.operand(2)), adjoint.upstream()));
    }
  }
}
