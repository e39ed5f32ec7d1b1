package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;
import org.terraformer.ports.random.AttentionDropout;

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
    AttentionOperands.seed(operands.getLast());
    return AttentionOperands.check(operands, heads, !causal);
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new AttentionGradient(heads, causal, dropout), causal ? 4 : 5);
  }
}
