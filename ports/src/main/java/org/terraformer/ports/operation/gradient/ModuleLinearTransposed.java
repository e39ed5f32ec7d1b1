package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of {@code module_linear} with respect to its input: with h = (kernel - 1) / 2,
 * {@code y[m, c] = sum_{j,o} u[(m - j + h) mod S, o] * w[(m - j + h) mod S, o, j, c]}.
 *
 * <p>Operands: u F32 [S, out]; w matrix [S, out, kernel, in]. Result: F32 [S, in].
 */
public record ModuleLinearTransposed() implements Operation {
  @Override
  public String name() {
    return "module_linear_transposed";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value weight = operands.get(1);
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(weight.shape().rank() == 4, "needs a weight [modules, out, kernel, in] but got %s", weight);
    Operands.elements(operands.getFirst(), weight.shape().axis(0) * weight.shape().axis(1));
    return Signature.like(operands.getFirst(), Shape.of(weight.shape().axis(0), weight.shape().axis(3)));
  }
}
