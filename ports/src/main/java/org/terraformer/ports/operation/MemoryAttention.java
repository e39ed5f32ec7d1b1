package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Attention to the keys and values of a source, which all rows of all sequences share. For each head:
 * {@code y = sum_j softmax_j(q . k_j / sqrt(d/heads)) v_j} over all n tokens of the source.
 *
 * <p>Operands: q F32 [d] for each row; keys F32 [heads, n, d/heads] and values F32 [heads, n, dv/heads], inputs that are written once. Result:
 * F32 [dv].
 */
public record MemoryAttention(int heads) implements Operation {
  @Override
  public String name() {
    return "memory_attention";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value query = operands.getFirst();
    Operands.type(query, DType.F32);
    Operands.check(query.extent() == Extent.ROW, "needs %s to have an item for each row", query);
    Operands.check(heads > 0 && query.shape().elements() % heads == 0, "needs %s to divide into %d heads", query, heads);
    long keySize = query.shape().elements() / heads;
    for (Value memory : operands.subList(1, 3)) {
      Operands.type(memory, DType.F32);
      Operands.kind(memory, Value.Kind.INPUT);
      Operands.check(memory.extent() == Extent.FIXED && memory.shape().rank() == 3 && memory.shape().axis(0) == heads
          && memory.shape().elements() > 0, "needs a memory [%d, tokens, size] but got %s", heads, memory);
    }
    Operands.shape(operands.get(1), heads, operands.get(2).shape().axis(1), keySize);
    return Signature.like(query, Shape.of(heads * operands.get(2).shape().columns()));
  }
}
