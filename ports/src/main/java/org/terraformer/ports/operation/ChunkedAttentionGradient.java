package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;
import org.terraformer.ports.random.AttentionDropout;

/**
 * The gradients of {@code chunked_attention} or {@code dropped_chunked_attention} with respect to queries, keys and values, for whole
 * sequences. For each head and row t, with p the attention weights of row t, {@code dp_j = u . v_j} and
 * {@code ds_j = p_j (dp_j - sum_i p_i dp_i) / sqrt(d/heads)}: {@code dq = sum_j ds_j k_j}; row t adds {@code ds_j q} to dk_j and
 * {@code p_j u} to dv_j. With weights left out, dp_j is multiplied by the factor of p_j, and so is what is added to dv_j.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv], u F32 [dv], all for each row; if masked, mask I32 scalar for each row; if weights are left out,
 * seed I32 scalar. Result: F32 [d + d + dv]: dq, dk, dv.
 */
public record ChunkedAttentionGradient(int heads, AttentionWindow window, AttentionDropout dropout) implements Operation {
  /** Of attention with all its weights. */
  public ChunkedAttentionGradient(int heads, AttentionWindow window) {
    this(heads, window, AttentionDropout.NONE);
  }

  @Override
  public String name() {
    return "chunked_attention_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4 + (window.masked() ? 1 : 0) + (dropout.draws() ? 1 : 0));
    if (dropout.draws()) {
      AttentionOperands.seed(operands.getLast());
    }
    return QueryKeyValueGradients.check(operands);
  }
}
