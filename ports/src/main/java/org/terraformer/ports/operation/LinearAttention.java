package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;

/**
 * Attention whose weights are products of features (Choromanski et al., "Rethinking attention with Performers", 2020), so that it
 * takes time linear in the length. For each head, over all rows j of the sequence, or if causal over those up to the query's:
 * {@code y = q . (sum_j k_j v_j) / q . (sum_j k_j)}. A causal one remembers the two sums, which are zero before position 0.
 *
 * <p>Operands: features q F32 [d] and k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; if causal, start
 * positions and sums (slot state [d * (dv/heads + 1)]). Result: F32 [dv].
 */
public record LinearAttention(int heads, boolean causal) implements Operation {
  @Override
  public String name() {
    return "linear_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, causal ? 5 : 3);
    Signature result = AttentionOperands.check(operands, heads, false);
    if (causal) {
      Operands.startPositions(operands.get(3));
      Operands.kind(operands.get(4), Value.Kind.STATE);
      Operands.elements(operands.get(4), stateElements(operands));
    }
    return result;
  }

  private long stateElements(List<Value> operands) {
    return operands.get(1).shape().elements() * (operands.get(2).shape().elements() / heads + 1);
  }

  @Override
  public boolean dependsOnLaterRows() {
    return !causal;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new LinearAttentionGradient(heads, causal), 3);
  }
}
