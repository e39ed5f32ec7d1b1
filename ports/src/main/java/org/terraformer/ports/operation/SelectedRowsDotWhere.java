package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * {@link SelectedRowsDot} where it is wanted: {@code y[b, g] = sum_i x[i] * w[b, index[b], g, i]} where {@code active[b, g] > 0}, else 0. It is
 * the gradient of {@code selected_rows_sum} with respect to factors that come from a ReLU.
 *
 * <p>Operands: those of {@code selected_rows_dot}; active F32 [blocks, group]. Result: F32 [blocks, group].
 */
public record SelectedRowsDotWhere() implements Operation {
  @Override
  public String name() {
    return "selected_rows_dot_where";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4);
    Signature products = new SelectedRowsDot().infer(operands.subList(0, 3));
    Value active = operands.get(3);
    Operands.type(active, DType.F32);
    Operands.sameExtent(operands.getFirst(), active);
    Operands.elements(active, products.shape().elements());
    return products;
  }
}
