package org.example.banded;

import java.util.List;
import org.terraformer.cpu.scalar.ScalarKernel;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The gradient of the banded product with respect to its input: {@code y[i] = sum_k w[k, (i - k) mod n] u[(i - k) mod n]}.
 *
 * <p>Operands: u F32 [n]; w vector [band, n]. Result: F32 [n].
 */
record BandedTransposed() implements Operation {
  static final String NAME = "banded_transposed";

  /** As the formula says; the backend {@code cpu} runs it, too. */
  static final ScalarKernelFactory KERNEL = step -> {
    int n = step.result().width();
    int band = step.operands().get(1).width() / n;
    ScalarKernel kernel = (frame, operands, result) -> {
      for (long row = 0; row < frame.items(step.result().extent()); row++) {
        for (int i = 0; i < n; i++) {
          double sum = 0;
          for (int k = 0; k < band; k++) {
            int from = Math.floorMod(i - k, n);
            sum += operands[1].get((long) k * n + from) * operands[0].get(row * n + from);
          }
          result.set(row * n + i, sum);
        }
      }
    };
    return kernel;
  };

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value u = operands.getFirst();
    Operands.type(u, DType.F32);
    Operands.check(operands.get(1).shape().columns() == u.width(), "needs a weight [band, %d] but got %s", u.width(), operands.get(1));
    return Signature.like(u, u.shape());
  }
}
