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
 * Causal dot-product attention with cached keys and values. For each head, with slices q, k of d/heads and v of dv/heads elements and
 * p the position of the row: {@code y = sum_{j<=p} softmax_j(q . k_j / sqrt(d/heads)) v_j}. The keys and values of the run's rows are
 * written to the cache at their positions, then used.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; start positions; key cache
 * (context state [d]); value cache (context state [dv]). Result: F32 [dv].
 */
public record CausalAttention(int heads) implements Operation {
  @Override
  public String name() {
    return "causal_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 6);
    Value query = operands.getFirst();
    Value value = operands.get(2);
    for (Value x : operands.subList(0, 3)) {
      Operands.type(x, DType.F32);
      Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
      Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    }
    Operands.elements(operands.get(1), query.shape().elements());
    Operands.startPositions(operands.get(3));
    Operands.check(operands.get(4).extent() == Extent.CONTEXT && operands.get(5).extent() == Extent.CONTEXT,
        "needs a key cache and a value cache but got %s and %s", operands.get(4), operands.get(5));
    Operands.elements(operands.get(4), query.shape().elements());
    Operands.elements(operands.get(5), value.shape().elements());
    return Signature.like(query, Shape.of(value.shape().elements()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0) || adjoint.wants(1) || adjoint.wants(2)) {
      Value all = adjoint.apply(new AttentionGradient(heads, true), adjoint.operand(0), adjoint.operand(1), adjoint.operand(2),
          adjoint.upstream());
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
