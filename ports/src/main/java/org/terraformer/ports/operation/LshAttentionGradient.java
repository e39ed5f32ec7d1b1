package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;
import org.terraformer.ports.random.AttentionDropout;
import org.terraformer.ports.tensor.DType;

/**
 * The gradients of {@code lsh_attention} or {@code dropped_lsh_attention} with respect to queries, keys and values, for whole sequences: those
 * of {@code chunked_attention}, over the keys that a query sees.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv], u F32 [dv], buckets I32 [heads, hashes], all for each row; if masked, mask I32
 * scalar for each row; if weights are left out, seed I32 scalar. Result: F32 [d + d + dv]: dq, dk, dv.
 */
public record LshAttentionGradient(int heads, int hashes, AttentionWindow window, int standardLength, AttentionDropout dropout)
    implements Operation {
  /** Of attention with all its weights. */
  public LshAttentionGradient(int heads, int hashes, AttentionWindow window, int standardLength) {
    this(heads, hashes, window, standardLength, AttentionDropout.NONE);
  }

  /** The operation that this is the gradient of, with all its weights. */
  public LshAttention attention() {
    return new LshAttention(heads, hashes, window, standardLength);
  }

  @Override
  public String name() {
    return "lsh_attention_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 5 + (window.masked() ? 1 : 0) + (dropout.draws() ? 1 : 0));
    Operands.type(operands.get(4), DType.I32);
    Operands.elements(operands.get(4), (long) heads * hashes);
    if (dropout.draws()) {
      AttentionOperands.seed(operands.getLast());
    }
    return QueryKeyValueGradients.check(operands);
  }
}
