package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;

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
    return AttentionOperands.check(operands, heads, true);
  }

  @Override
  public boolean dependsOnLaterRows() {
    return true;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new AttentionGradient(heads, false), 4);
  }
}
