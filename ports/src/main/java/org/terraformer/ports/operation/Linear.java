package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.LinearWeightGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * A matrix product along the innermost axis: {@code y[..., o] = sum_i x[..., i] * w[o, i] + b[..., o]}. The weight is stored one
 * row for each output. The bias covers the result's innermost axis, or several of its innermost axes.
 *
 * <p>Operands: x F32 [..., in]; w matrix of out rows [out, in], or with several outer axes, a weight or computed; if biased, b
 * vector whose number of elements is that of one or more innermost axes of the result. Result: F32 [..., out].
 */
public record Linear(boolean biased) implements Operation {
  @Override
  public String name() {
    return "linear";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, biased ? 3 : 2);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.matrix(weight);
    Operands.check(weight.shape().rank() >= 2, "needs a weight [out, in] but got %s", weight);
    Operands.check(weight.shape().columns() == x.shape().columns(), "needs %s to have as many columns as %s", weight, x);
    Shape result = x.shape().withColumns(weight.shape().rows());
    if (biased) {
      long bias = operands.get(2).shape().elements();
      Operands.kind(operands.get(2), Value.Kind.VECTOR);
      Operands.check(bias > 0 && bias % result.columns() == 0 && result.elements() % bias == 0,
          "needs a bias that covers the innermost axes of %s but got %s", result, operands.get(2));
    }
    return Signature.like(x, result);
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new LinearTransposed(false), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new LinearWeightGradient(), adjoint.upstream(), adjoint.operand(0)));
    }
    if (biased && adjoint.wants(2)) {
      adjoint.add(2, adjoint.apply(SumOverItems.like(adjoint.operand(2)), adjoint.upstream()));
    }
  }
}
