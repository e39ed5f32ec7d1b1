package org.terraformer.ports.operation;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.Columns;
import org.terraformer.ports.random.AttentionDropout;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Attention of training, over whole sequences, of which some weights are left out: as {@link MaskedAttention}, or, causal, over each row and
 * those before it, {@code y = sum_j f_j softmax_j(q . k_j / sqrt(d/heads)) v_j} with f of {@link AttentionDropout}.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv], all for each row, or in any shape of as many elements; if not causal, mask I32 scalar for each
 * row; seed I32 scalar. Result: F32 [dv].
 */
public record DroppedAttention(int heads, boolean causal, AttentionDropout dropout) implements Operation {
  @Override
  public String name() {
    return "dropped_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, causal ? 4 : 5);
    for (Value x : operands.subList(0, 3)) {
      Operands.type(x, DType.F32);
      Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
      Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    }
    Operands.elements(operands.get(1), operands.getFirst().shape().elements());
    operands.subList(3, operands.size()).forEach(operand -> Operands.type(operand, DType.I32));
    Operands.elements(operands.getLast(), 1);
    Operands.check(operands.getLast().extent() == Extent.FIXED, "needs %s to be one for the run", operands.getLast());
    Operands.check(causal || operands.get(3).extent() == Extent.ROW && operands.get(3).shape().elements() == 1,
        "needs a mask with an item for each row but got %s", operands.get(3));
    return Signature.like(operands.getFirst(), Shape.of(operands.get(2).shape().elements()));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0) || adjoint.wants(1) || adjoint.wants(2)) {
      List<Value> operands = new ArrayList<>(
          List.of(adjoint.operand(0), adjoint.operand(1), adjoint.operand(2), adjoint.upstream(), adjoint.operand(3)));
      if (!causal) {
        operands.add(adjoint.operand(4));
      }
      Value all = adjoint.apply(new AttentionGradient(heads, causal, dropout), operands.toArray(Value[]::new));
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
