package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;

/**
 * The gradient of random features, {@code sum_f g_f (P_f - x)}, less all g of a group times P_f where its largest product is: G of all items
 * takes the place of their products, {@code G P} is another {@link MatrixProduct}, and the rest follows group by group; see
 * {@link RandomFeatures}.
 */
final class SoftmaxFeaturesGradientKernel implements CpuKernel {
  private static final int MULTIPLY = 0;
  private static final int WEIGH = 1;
  private static final int MULTIPLY_BACK = 2;
  private static final int CORRECT = 3;

  private final RandomFeatures features;
  private final MatrixProduct back;
  private final long upstream;
  private final long y;
  private final float factor;
  /** The sum of each item's g. */
  private final long totals;
  /** For each group where its largest product is, {@code item * features + feature}. */
  private final long places;

  SoftmaxFeaturesGradientKernel(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    SoftmaxFeaturesGradient operation = (SoftmaxFeaturesGradient) step.operation();
    long items = (long) site.limits().rows() * operation.heads();
    long products = site.share(4 * items * operation.features());
    this.features = new RandomFeatures(operation.heads(), operation.features(), operation.overRows(), operands[0], products, site);
    this.back = MatrixProduct.of(new F32MatrixRows(products, 4L * features.count),
        new F32MatrixRows(features.projection, 4L * features.size), ResultRows.fromZero(result.address(), 4L * features.size));
    this.upstream = operands[1].address();
    this.y = result.address();
    this.factor = (float) (1 / Math.sqrt(features.count));
    this.totals = site.share(4 * items);
    this.places = site.share(8 * items);
  }

  @Override
  public int phases(Frame frame) {
    return CORRECT + 1;
  }

  @Override
  public long scratchBytes() {
    return features.scratchBytes();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    switch (phase) {
      case MULTIPLY -> features.multiply(frame, worker, workers);
      case MULTIPLY_BACK -> back.run(features.items(frame), features.size, features.count, worker, workers, frame.scratch());
      default -> {
        for (int group = worker; group < features.groups(frame); group += workers) {
          if (phase == WEIGH) {
            weigh(frame, group, frame.scratch());
          } else {
            correct(frame, group);
          }
        }
      }
    }
  }

  /** Makes g of the products of a group. */
  private void weigh(Frame frame, int group, long exponentials) {
    long best = features.itemOfLargest(frame, group);
    float largest = features.largest(best);
    int feature = 0;
    while (feature < features.count - 1 && Memory.getFloat(features.products(best) + 4L * feature) != largest) {
      feature++;
    }
    Memory.setLong(places + 8L * group, best * features.count + feature);
    for (int i = 0; i < features.itemsOfGroup(frame); i++) {
      long item = features.item(frame, group, i);
      long u = upstream + 4 * item * features.count;
      features.exponentials(item, largest, exponentials);
      Floats.multiply(factor, exponentials, exponentials, features.count);
      Memory.setFloat(totals + 4 * item, (float) Moments.dot(exponentials, u, features.count));
      Elements.multiply(exponentials, u, features.products(item), features.count);
    }
  }

  private void correct(Frame frame, int group) {
    double total = 0;
    for (int i = 0; i < features.itemsOfGroup(frame); i++) {
      long item = features.item(frame, group, i);
      float ofItem = Memory.getFloat(totals + 4 * item);
      Floats.addMultiple(-ofItem, features.vector(item), y + 4 * item * features.size, features.size);
      total += ofItem;
    }
    long place = Memory.getLong(places + 8L * group);
    long row = features.projection + 4 * (place % features.count) * features.size;
    Floats.addMultiple((float) -total, row, y + 4 * (place / features.count) * features.size, features.size);
  }
}
