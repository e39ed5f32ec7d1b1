package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Bidirectional dot-product attention among the rows of each sequence of the run. For each head, over the rows j of the same sequence:
 * {@code y = sum_j softmax_j(mask_j != 0 ? q . k_j / sqrt(d/heads) : -1e9) v_j}.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv]; mask I32 scalar for each row. Result: F32 [dv].
 */
public record MaskedAttention(int heads) implements Operation {
  @Override
  public String name() {
    return "masked_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4);
    for (Value x : operands.subList(0, 3)) {
      Operands.type(x, DType.F32);
      Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
      Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    }
    Operands.elements(operands.get(1), operands.getFirst().shape().elements());
    Operands.type(operands.get(3), DType.I32);
    Operands.check(operands.get(3).extent() == Extent.ROW && operands.get(3).shape().elements() == 1,
        "needs a mask with an item for each row but got %s", operands.get(3));
    return Signature.like(operands.getFirst(), Shape.of(operands.get(2).shape().elements()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0) || adjoint.wants(1) || adjoint.wants(2)) {
      Value all = adjoint.apply(new AttentionGradient(heads, false), adjoint.operand(0), adjoint.operand(1), adjoint.operand(2),
          adjoint.upstream(), adjoint.operand(3));
      long from = 0;
      for (int operand = 0; operand < 3; operand++) {
        long to = from + adjoint.operand(operand).shape().elements();
        if (adjoint.wants(operand)) {
          adjoint.add(operand, adjoint.apply(new Columns(from, to), all));
        }
        from = to;
      }
    }
  }
}
