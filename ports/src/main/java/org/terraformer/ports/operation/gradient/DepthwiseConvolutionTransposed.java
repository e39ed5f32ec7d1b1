package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of {@code depthwise_convolution} with respect to its input, for whole sequences:
 * {@code y[t, i] = sum_l w[l, i] * u[t + l, i]}, where what lies behind the end is zero.
 *
 * <p>Operands: u F32 [n] for each row; w vector [L, n]. Result: as u.
 */
public record DepthwiseConvolutionTransposed() implements Operation {
  @Override
  public String name() {
    return "depthwise_convolution_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.check(u.extent() == Extent.ROW, "needs %s to have an item for each row", u);
    Operands.kind(operands.get(1), Value.Kind.VECTOR);
    Operands.check(operands.get(1).shape().columns() == u.shape().elements(), "needs a weight [length, %d] but got %s",
        u.shape().elements(), operands.get(1));
    return Signature.like(u, u.shape());
  }
}
