package org.terraformer.ports.operation;

import java.util.List;
import java.util.stream.IntStream;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The features of each row in another order: {@code y[i] = x[order[i]]}.
 *
 * <p>Operands: x F32 [n]. Result: as x.
 *
 * @param order each of 0 to n - 1 once
 */
public record PermuteFeatures(List<Integer> order) implements Operation {
  public PermuteFeatures {
    order = List.copyOf(order);
  }

  /** The permutation that undoes this one. */
  public PermuteFeatures inverse() {
    Integer[] back = new Integer[order.size()];
    for (int i = 0; i < back.length; i++) {
      back[order.get(i)] = i;
    }
    return new PermuteFeatures(List.of(back));
  }

  @Override
  public String name() {
    return "permute_features";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.elements(x, order.size());
    Operands.check(order.stream().sorted().toList().equals(IntStream.range(0, order.size()).boxed().toList()),
        "needs an order with each of 0 to %d once", order.size() - 1);
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(inverse(), adjoint.upstream()));
    }
  }
}
