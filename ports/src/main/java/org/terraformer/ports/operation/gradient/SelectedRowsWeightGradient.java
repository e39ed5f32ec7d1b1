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
 * The gradient of {@code selected_rows_dot} and {@code selected_rows_sum} with respect to the weight:
 * {@code y[b, c, g, i] = sum a[b, g] * v[i]} over all items with {@code index[b] = c}. Only chosen rows are written.
 *
 * <p>Operands: a F32 [blocks, group]; v F32 [n]; index I32 [blocks]. Result: one F32 [blocks, choices, group, n].
 */
public record SelectedRowsWeightGradient(long choices) implements Operation {
  @Override
  public String name() {
    return "selected_rows_weight_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value a = operands.getFirst();
    Value v = operands.get(1);
    Value index = operands.get(2);
    Operands.type(a, DType.F32);
    Operands.type(v, DType.F32);
    Operands.type(index, DType.I32);
    Operands.sameExtent(a, v);
    Operands.sameExtent(a, index);
    long blocks = index.shape().elements();
    Operands.check(blocks > 0 && a.shape().elements() % blocks == 0, "needs the elements of %s to be a multiple of those of %s", a, index);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(blocks, choices, a.shape().elements() / blocks, v.shape().elements()));
  }
}
