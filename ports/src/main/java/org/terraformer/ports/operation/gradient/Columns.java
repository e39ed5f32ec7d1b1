package org.terraformer.ports.operation.gradient;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * A range of the innermost axis: {@code y[..., i] = x[..., from + i]}.
 *
 * <p>Operands: x F32 [..., n], n at least {@code to}. Result: F32 [..., to - from].
 */
public record Columns(long from, long to) implements Operation {
  @Override
  public String name() {
    return "columns";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(from >= 0 && from < to && to <= x.shape().columns(), "needs columns %d to %d of %s", from, to, x);
    return Signature.like(x, x.shape().withColumns(to - from));
  }
}
