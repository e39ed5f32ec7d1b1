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
 * {@link LshAttention} of training, over whole sequences, of which some weights are left out:
 * {@code y = sum_j f_j softmax_j(q . k_j / sqrt(d/heads) - penalty_j) v_j} with f of {@link AttentionDropout}. A key that is met in
 * several hash rounds is left out of all of them.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; buckets I32 [heads, hashes] for
 * each row; if masked, mask I32 scalar for each row; seed I32 scalar. Result: F32 [dv].
 */
public record DroppedLshAttention(int heads, int hashes, AttentionWindow window, int standardLength, AttentionDropout dropout)
    implements Operation {

  /** The operation with all its weights. */
  public LshAttention attention() {
    return new LshAttention(heads, hashes, window, standardLength);
  }

  @Override
  public String name() {
    return "dropped_lsh_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    attention().check();
    Operands.count(operands, window.masked() ? 6 : 5);
    attention().checkBuckets(operands);
    if (window.masked()) {
      AttentionOperands.mask(operands.get(4));
    }
    AttentionOperands.seed(operands.getLast());
    return AttentionOperands.check(operands, heads, false);
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    Operation gradient = new LshAttentionGradient(heads, hashes, window, standardLength, dropout);
    QueryKeyValueGradients.record(adjoint, gradient, window.masked() ? 6 : 5);
  }
}
