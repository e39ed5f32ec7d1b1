package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.CrossEntropyGradient;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The cross entropy of a prediction: {@code y = -sum_i q_i log softmax(x)_i} with the target distribution
 * {@code q_i = (1 - smoothing) * (i = target) + smoothing / n}; in nats.
 *
 * <p>Operands: x F32 [n]; target I32 scalar. Result: F32 scalar.
 */
public record CrossEntropy(float smoothing) implements Operation {
  @Override
  public String name() {
    return "cross_entropy";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.shape().rank() == 1, "needs one vector but got %s", x);
    Operands.type(operands.get(1), DType.I32);
    Operands.elements(operands.get(1), 1);
    Operands.sameExtent(x, operands.get(1));
    return Signature.like(x, Shape.of());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new CrossEntropyGradient(smoothing), adjoint.operand(0), adjoint.operand(1), adjoint.upstream()));
    }
  }
}
