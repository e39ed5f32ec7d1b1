package org.example.banded;

import java.util.List;
import org.terraformer.cpu.scalar.ScalarKernel;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The gradient of the banded product with respect to its weight: {@code y[k, i] = sum_t u[t, i] x[t, (i + k) mod n]} over the rows t of a run.
 *
 * <p>Operands: u F32 [n]; x F32 [n]. Result: F32 [band, n], one for the run.
 */
record BandedWeightGradient(long band) implements Operation {
  static final String NAME = "banded_weight_gradient";

  /** As the formula says; the backend {@code cpu} runs it, too. */
  static final ScalarKernelFactory KERNEL = step -> {
    Value x = step.operands().get(1);
    int n = x.width();
    ScalarKernel kernel = (frame, operands, result) -> {
      for (int cell = 0; cell < step.result().width(); cell++) {
        double sum = 0;
        for (long row = 0; row < frame.items(x.extent()); row++) {
          sum += operands[0].get(row * n + cell % n) * operands[1].get(row * n + (cell % n + cell / n) % n);
        }
        result.set(cell, sum);
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
    operands.forEach(operand -> Operands.type(operand, DType.F32));
    Operands.sameExtent(operands.get(0), operands.get(1));
    Operands.elements(operands.get(0), operands.get(1).width());
    return new Signature(DType.F32, Extent.FIXED, Shape.of(band, operands.get(1).width()));
  }
}
