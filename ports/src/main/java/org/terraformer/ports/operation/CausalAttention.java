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
    Signature result = AttentionOperands.check(operands, heads, false);
    Operands.startPositions(operands.get(3));
    AttentionOperands.caches(operands.get(4), operands.get(5), operands);
    return result;
  }

  @Override
  public int contextParts() {
    return heads;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new AttentionGradient(heads, true), 3);
  }
}
