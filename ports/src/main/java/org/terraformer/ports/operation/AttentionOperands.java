package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** What the operands of attentions of queries, keys and values have in common. */
final class AttentionOperands {
  private AttentionOperands() {}

  /**
   * @param masked whether the operand behind q, k and v is a mask
   * @return the signature of the result
   */
  static Signature check(List<Value> operands, int heads, boolean masked) {
    for (Value x : operands.subList(0, 3)) {
      Operands.type(x, DType.F32);
      Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
      Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    }
    Operands.elements(operands.get(1), operands.getFirst().shape().elements());
    if (masked) {
      mask(operands.get(3));
    }
    return Signature.like(operands.getFirst(), Shape.of(operands.get(2).shape().elements()));
  }

  static void mask(Value mask) {
    Operands.type(mask, DType.I32);
    Operands.check(mask.extent() == Extent.ROW && mask.shape().elements() == 1, "needs a mask with an item for each row but got %s", mask);
  }

  static void seed(Value seed) {
    Operands.type(seed, DType.I32);
    Operands.elements(seed, 1);
    Operands.check(seed.extent() == Extent.FIXED, "needs %s to be one for the run", seed);
  }

  static void caches(Value keys, Value values, List<Value> operands) {
    Operands.check(keys.extent() == Extent.CONTEXT && values.extent() == Extent.CONTEXT,
        "needs a key cache and a value cache but got %s and %s", keys, values);
    Operands.elements(keys, operands.get(1).shape().elements());
    Operands.elements(values, operands.get(2).shape().elements());
  }
}
