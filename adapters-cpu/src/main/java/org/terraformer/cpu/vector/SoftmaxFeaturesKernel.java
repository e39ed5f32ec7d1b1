package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.SoftmaxFeatures;

/** Random features: the first phase multiplies, the second makes features of the products where they lie; see {@link RandomFeatures}. */
final class SoftmaxFeaturesKernel implements CpuKernel {
  private final RandomFeatures features;
  private final float factor;

  SoftmaxFeaturesKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    SoftmaxFeatures operation = (SoftmaxFeatures) step.operation();
    this.features = new RandomFeatures(
        operation.heads(), operation.features(), operation.overRows(), operands[0], result.address(), site);
    this.factor = (float) (1 / Math.sqrt(operation.features()));
  }

  @Override
  public int phases(Frame frame) {
    return 2;
  }

  @Override
  public long scratchBytes() {
    return features.scratchBytes();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    if (phase == 0) {
      features.multiply(frame, worker, workers);
      return;
    }
    long exponentials = frame.scratch();
    float least = (float) SoftmaxFeatures.LEAST * factor;
    for (int group = worker; group < features.groups(frame); group += workers) {
      float largest = features.largest(features.itemOfLargest(frame, group));
      for (int i = 0; i < features.itemsOfGroup(frame); i++) {
        long item = features.item(frame, group, i);
        features.exponentials(item, largest, exponentials);
        Floats.scaleAndShift(factor, least, exponentials, features.products(item), features.count);
      }
    }
  }
}
