package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of {@code module_convolution} with respect to its input, for whole sequences: with h = (kernel - 1) / 2,
 * {@code y[t, m, c] = sum_{l,j,o} u[t + (L-1) - l, m + h - j, o] * w[o, l, j, c]}, where what lies outside of the sequence or the modules is zero.
 *
 * <p>Operands: u F32 [S, out] for each row; w matrix [out, L, kernel, in]. Result: F32 [S, in].
 */
public record ModuleConvolutionTransposed() implements Operation {
  @Override
  public String name() {
    return "module_convolution_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Value weight = operands.get(1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(u.extent() == Extent.ROW, "needs %s to have an item for each row", u);
    Operands.check(weight.shape().rank() == 4 && u.shape().rank() == 2 && u.shape().columns() == weight.shape().axis(0),
        "needs a weight [out, length, kernel, in] for %s but got %s", u, weight);
    return Signature.like(u, Shape.of(u.shape().axis(0), weight.shape().axis(3)));
  }
}
