package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Normal numbers of pairs of even ones (Box and Muller, 1958): {@code y = sqrt(-2 log(1 - u)) cos(2 pi v)}.
 *
 * <p>Operands: u, v from [0, 1): F32 [..., 2]. Result: F32 [...].
 */
public record Gaussian() implements Operation {

  /** The normal number of a pair. */
  public static double of(double u, double v) {
    return Math.sqrt(-2 * Math.log1p(-u)) * Math.cos(2 * Math.PI * v);
  }

  @Override
  public String name() {
    return "gaussian";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.shape().rank() > 0 && x.shape().columns() == 2, "needs pairs but got %s", x);
    long[] sizes = x.shape().toArray();
    return Signature.like(x, Shape.of(java.util.Arrays.copyOf(sizes, sizes.length - 1)));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Chance has no gradient.
  }
}
