package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.ChannelScaleGradient;
import org.terraformer.ports.tensor.DType;

/**
 * Multiplies each column of the innermost axis by a weight: {@code y[..., i] = x[..., i] * w[i]}.
 *
 * <p>Operands: x F32 [..., n]; w vector [n], or one F32 [n] computed of one. Result: as x.
 */
public record ChannelScale() implements Operation {
  @Override
  public String name() {
    return "channel_scale";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Operands.type(operands.getFirst(), DType.F32);
    Operands.type(operands.get(1), DType.F32);
    Operands.check(operands.get(1).extent() == Extent.FIXED && operands.get(1).kind() != Value.Kind.MATRIX,
        "needs %s to be a vector that all items share", operands.get(1));
    Operands.elements(operands.get(1), operands.getFirst().shape().columns());
    return Signature.like(operands.getFirst(), operands.getFirst().shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new ChannelScale(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new ChannelScaleGradient(), adjoint.upstream(), adjoint.operand(0)));
    }
  }
}
