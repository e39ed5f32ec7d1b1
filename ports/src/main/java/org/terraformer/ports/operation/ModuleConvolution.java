package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.ModuleConvolutionTransposed;
import org.terraformer.ports.operation.gradient.ModuleConvolutionWeightGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * A convolution over time and modules with one kernel for all modules, causal in time and zero outside: with h = (kernel - 1) / 2,
 * {@code y[t, s, o] = sum_{l<L, j<kernel, c} x[t - (L-1) + l, s - h + j, c] * w[o, l, j, c] + b[o]}. Inputs before position 0 are zero; those
 * of earlier runs come from the state.
 *
 * <p>Operands: x F32 [S, in] for each row; w matrix [out, L, kernel, in], kernel odd; start positions; history state [L - 1, S, in]
 * for each slot; if biased, b vector [out]. Result: F32 [S, out].
 */
public record ModuleConvolution(boolean biased) implements Operation {
  @Override
  public String name() {
    return "module_convolution";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, biased ? 5 : 4);
    Value x = operands.getFirst();
    Value weight = operands.get(1);
    Value history = operands.get(3);
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    Operands.kind(weight, Value.Kind.MATRIX);
    Operands.check(weight.shape().rank() == 4 && weight.shape().axis(1) > 0 && weight.shape().axis(2) % 2 == 1,
        "needs a weight [out, length, odd kernel, in] but got %s", weight);
    Operands.check(x.shape().rank() == 2 && x.shape().columns() == weight.shape().columns(),
        "needs modules [modules, %d] but got %s", weight.shape().columns(), x);
    Operands.startPositions(operands.get(2));
    Operands.kind(history, Value.Kind.STATE);
    Operands.shape(history, weight.shape().axis(1) - 1, x.shape().axis(0), x.shape().axis(1));
    if (biased) {
      Operands.kind(operands.get(4), Value.Kind.VECTOR);
      Operands.elements(operands.get(4), weight.shape().axis(0));
    }
    return Signature.like(x, Shape.of(x.shape().axis(0), weight.shape().axis(0)));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new ModuleConvolutionTransposed(), adjoint.upstream(), adjoint.operand(1)));
    }
    if (adjoint.wants(1)) {
      Shape weight = adjoint.operand(1).shape();
      adjoint.add(1, adjoint.apply(new ModuleConvolutionWeightGradient(weight.axis(1), weight.axis(2)), adjoint.upstream(), adjoint.operand(0)));
    }
    if (biased && adjoint.wants(4)) {
      adjoint.add(4, adjoint.apply(SumOverItems.like(adjoint.operand(4)), adjoint.upstream()));
    }
  }
}
