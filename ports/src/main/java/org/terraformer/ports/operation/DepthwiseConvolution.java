package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.DepthwiseConvolutionTransposed;
import org.terraformer.ports.operation.gradient.DepthwiseConvolutionWeightGradient;
import org.terraformer.ports.tensor.DType;

/**
 * A causal convolution over time of each channel with its own kernel: {@code y[t, i] = sum_{l<L} w[l, i] * x[t - l, i]}. Inputs before
 * position 0 are zero; those of earlier runs come from the state.
 *
 * <p>Operands: x F32 [n] for each row; w vector [L, n]; start positions; history state [L - 1, n] for each slot. Result: as x.
 */
public record DepthwiseConvolution() implements Operation {
  @Override
  public String name() {
    return "depthwise_convolution";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    Operands.kind(weight, Value.Kind.VECTOR);
    Operands.check(weight.shape().rank() == 2 && weight.shape().axis(0) > 0 && weight.shape().columns() == x.shape().elements(),
        "needs a weight [length, %d] but got %s", x.shape().elements(), weight);
    Operands.startPositions(operands.get(2));
    Operands.kind(operands.get(3), Value.Kind.STATE);
    Operands.shape(operands.get(3), weight.shape().axis(0) - 1, weight.shape().columns());
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new DepthwiseConvolutionTransposed(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new DepthwiseConvolutionWeightGradient(adjoint.operand(1).shape().axis(0)), adjoint.upstream(), adjoint.operand(0)));
    }
  }
}
