package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.QueryKeyValueGradients;

/**
 * The gradients of {@code linear_attention} with respect to query features, key features and values, for whole sequences. For
 * each head and row t, over the keys j that it sees, with {@code a_j = q . k_j}, {@code n = sum_j a_j} and
 * {@code da_j = u . (v_j - y) / n}: {@code dq = sum_j da_j k_j}; row t adds {@code da_j q} to dk_j and {@code a_j / n u} to dv_j.
 *
 * <p>Operands: q F32 [d], k F32 [d], v F32 [dv], u F32 [dv], all for each row. Result: F32 [d + d + dv]: dq, dk, dv.
 */
public record LinearAttentionGradient(int heads, boolean causal) implements Operation {
  @Override
  public String name() {
    return "linear_attention_gradient";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 4);
    return QueryKeyValueGradients.check(operands);
  }
}
