package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;

/**
 * Attention among the rows of a sequence within a window of chunks. For each head, over the keys j of the window:
 * {@code y = sum_j softmax_j(q . k_j / sqrt(d/heads) - penalty_j) v_j}; see {@link AttentionWindow}. Positions are parted in
 * chunks from 0 on; a causal attention does not go around the ends.
 *
 * <p>A causal one remembers keys and values: those of the run's rows are written to the cache at their positions, then used, and
 * a run may go on where the one before it ended. Any other needs all rows of a sequence in one run.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv] for each row, or in any shape of as many elements; if masked, mask I32 scalar for
 * each row; if causal, start positions, key cache (context state [d]), value cache (context state [dv]). Result: F32 [dv].
 */
public record ChunkedAttention(int heads, AttentionWindow window) implements Operation {
  @Override
  public String name() {
    return "chunked_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    window.check();
    Operands.check(!(window.causal() && window.masked()), "is causal, so that it can't be masked");
    Operands.count(operands, 3 + (window.masked() ? 1 : 0) + (window.causal() ? 3 : 0));
    Signature result = AttentionOperands.check(operands, heads, window.masked());
    if (window.causal()) {
      Operands.startPositions(operands.get(3));
      AttentionOperands.caches(operands.get(4), operands.get(5), operands);
    }
    return result;
  }

  @Override
  public boolean dependsOnLaterRows() {
    return !window.causal();
  }

  @Override
  public int contextParts() {
    return heads;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    QueryKeyValueGradients.record(adjoint, new ChunkedAttentionGradient(heads, window), window.masked() ? 4 : 3);
  }
}
