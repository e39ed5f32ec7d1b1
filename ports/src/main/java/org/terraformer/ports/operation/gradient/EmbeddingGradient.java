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
 * Adds vectors to the rows of a table: {@code y[r, i] = sum u[..., i]} over all items with {@code clip(id, 0, rows - 1) = r}.
 *
 * <p>Operands: ids I32 [...]; u F32 [..., width]. Result: one F32 [rows, width].
 */
public record EmbeddingGradient(long rows) implements Operation {
  @Override
  public String name() {
    return "embedding_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value ids = operands.getFirst();
    Value u = operands.get(1);
    Operands.type(ids, DType.I32);
    Operands.type(u, DType.F32);
    Operands.sameExtent(ids, u);
    Operands.check(u.shape().rows() == ids.shape().elements(), "needs %s to have a vector for each of %s", u, ids);
    return new Signature(DType.F32, Extent.FIXED, Shape.of(rows, u.shape().columns()));
  }
}
