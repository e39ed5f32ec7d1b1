package org.example.banded;

import org.terraformer.cpu.run.Frame;
import org.terraformer.cpu.scalar.ScalarKernel;
import org.terraformer.cpu.scalar.ScalarTensor;
import org.terraformer.ports.kernel.Step;

/** The banded product as its formula says. */
record BandedLinearReference(Step step) implements ScalarKernel {

  @Override
  public void run(Frame frame, ScalarTensor[] operands, ScalarTensor result) {
    int n = step.result().width();
    int band = step.operands().get(1).width() / n;
    for (int row = 0; row < frame.items(step.result().extent()); row++) {
      for (int i = 0; i < n; i++) {
        double sum = operands[2].get(i);
        for (int k = 0; k < band; k++) {
          sum += operands[1].get((long) k * n + i) * operands[0].get((long) row * n + (i + k) % n);
        }
        result.set((long) row * n + i, sum);
      }
    }
  }
}
