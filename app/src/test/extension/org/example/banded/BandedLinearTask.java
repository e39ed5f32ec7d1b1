package org.example.banded;

import java.util.List;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The banded product on an accelerator, a thread for each output. */
final class BandedLinearTask {
  private BandedLinearTask() {}

  static List<KernelTask> create(KernelSite site) {
    int n = site.step().result().width();
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), BandedLinearTask::products, site.context(), site.run(), site.floats(0),
        site.floats(1), site.floats(2), site.result(), site.items(), n, site.operand(1).width() / n);
    return List.of(KernelTask.perElement(task, site.mostItems().times(n)));
  }

  static void products(KernelContext context, IntArray run, FloatArray x, FloatArray weight, FloatArray bias, FloatArray y, int items, int n,
      int band) {
    int all = run.get(items) * n;
    for (int index = context.globalIdx; index < all; index += context.globalGroupSizeX) {
      int i = index % n;
      float sum = bias.get(i);
      for (int k = 0; k < band; k++) {
        sum += weight.get(k * n + i) * x.get(index - i + (i + k) % n);
      }
      y.set(index, sum);
    }
  }
}
