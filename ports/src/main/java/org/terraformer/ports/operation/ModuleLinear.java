package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.ModuleLinearTransposed;
import org.terraformer.ports.operation.gradient.ModuleLinearWeightGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * A matrix product of its own for each module and its neighbours, which wrap around: with h = (kernel - 1) / 2,
 * {@code y[s, o] = sum_{j,c} x[(s + j - h) mod S, c] * w[s, o, j, c] + b[s, o]}. The weight belongs to the module of the result.
 *
 * <p>Operands: x F32 [S, in]; w matrix [S, out, kernel, in], kernel odd; if biased, b vector [S, out]. Result: F32 [S, out].
 */
public record ModuleLinear(boolean biased) implements Operation {
  @Override
  public String name() {
    return "module_linear";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, biased ? 3 : 2);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(weight.shape().rank() == 4 && weight.shape().axis(2) % 2 == 1,
        "needs a weight [modules, out, odd kernel, in] but got %s", weight);
    Operands.shape(x, weight.shape().axis(0), weight.shape().axis(3));
    if (biased) {
      Operands.kind(operands.get(2), Value.Kind.VECTOR);
      Operands.elements(operands.get(2), weight.shape().axis(0) * weight.shape().axis(1));
    }
    return Signature.like(x, Shape.of(weight.shape().axis(0), weight.shape().axis(1)));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new ModuleLinearTransposed(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new ModuleLinearWeightGradient(adjoint.operand(1).shape().axis(2)), adjoint.upstream(), adjoint.operand(0)));
    }
    if (biased && adjoint.wants(2)) {
      adjoint.add(2, adjoint.apply(SumOverItems.like(adjoint.operand(2)), adjoint.upstream()));
    }
  }
}
