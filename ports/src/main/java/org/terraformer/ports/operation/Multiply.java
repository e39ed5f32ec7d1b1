package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.GroupDot;
import org.terraformer.ports.tensor.DType;

/**
 * Product of groups with factors: with n elements in x and m in the factors, {@code y[i] = x[i] * factor[i / (n/m)]}. With m = n it is
 * the elementwise product.
 *
 * <p>Operands: x F32 [n]; factors F32 [m], m divides n. Result: as x.
 */
public record Multiply() implements Operation {
  @Override
  public String name() {
    return "multiply";
  }

  @Override
  public boolean worksInPlace() {
    return true;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value x = operands.getFirst();
    Value factors = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.type(factors, DType.F32);
    Operands.sameExtent(x, factors);
    Operands.check(factors.shape().elements() > 0 && x.shape().elements() % factors.shape().elements() == 0,
        "needs the elements of %s to be a multiple of those of %s", x, factors);
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new Multiply(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(GroupDot.like(adjoint.operand(1)), adjoint.upstream(), adjoint.operand(0)));
    }
  }
}
