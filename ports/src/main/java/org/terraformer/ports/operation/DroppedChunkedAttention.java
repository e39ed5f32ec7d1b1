package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;
import org.terraformer.ports.random.AttentionDropout;

/**
 * {@link ChunkedAttention} of training, over whole sequences, of which some weights are left out:
 * {@code y = sum_j f_j softmax_j(q . k_j / sqrt(d/heads) - penalty_j) v_j} with f of {@link AttentionDropout}. A key that is met
 * twice is left out both times.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; if masked, mask I32 scalar for each
 * row; seed I32 scalar. Result: F32 [dv].
 */
public record DroppedChunkedAttention(int heads, AttentionWindow window, AttentionDropout dropout) implements Operation {
  @Override
  public String name() {
    return "dropped_chunked_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    window.check();
    Operands.check(!(window.causal() && window.masked()), "is causal, so that it can't be masked");
    Operands.count(operands, window.masked() ? 5 : 4);
    AttentionOperands.seed(operands.getLast());
    return AttentionOperands.check(operands, heads, window.masked());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new ChunkedAttentionGradient(heads, window, dropout), window.masked() ? 5 : 4);
  }
}
