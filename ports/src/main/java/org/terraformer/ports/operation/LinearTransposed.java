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

/**
 * The product with a matrix stored one row for each input: {@code y[..., i] = sum_o x[..., o] * w[o, i] + b[i]}. It is the gradient of
 * {@link Linear} with respect to its input, and a layer of its own where weights lie row by hidden unit.
 *
 * <p>Operands: x F32 [..., out]; w matrix of out rows [out, in], or with several outer axes, a weight or computed; if
 * biased, b vector [in]. Result: F32 [..., in].
 */
public record LinearTransposed(boolean biased) implements Operation {
  @Override
  public String name() {
    return "linear_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, biased ? 3 : 2);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.matrix(operands.get(1));
    Operands.check(operands.get(1).shape().rows() == x.shape().columns(), "needs %s to have a row for each column of %s", operands.get(1), x);
    if (biased) {
      Operands.kind(operands.get(2), Value.Kind.VECTOR);
      Operands.elements(operands.get(2), operands.get(1).shape().columns());
    }
    return Signature.like(x, x.shape().withColumns(operands.get(1).shape().columns()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new Linear(false), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new LinearWeightGradient(), adjoint.operand(0), adjoint.upstream()));
    }
    if (biased && adjoint.wants(2)) {
      adjoint.add(2, adjoint.apply(SumOverItems.like(adjoint.operand(2)), adjoint.upstream()));
    }
  }
}
