package org.terraformer.tornado.task;

import java.util.List;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Hashing of rows into buckets. */
final class LshTasks {
  private LshTasks() {}

  static List<KernelTask> buckets(KernelSite site) {
    LshBuckets operation = (LshBuckets) site.step().operation();
    int width = site.operand(0).width();
    FloatArray rotations;
    int ofSequence = 0;
    if (operation.drawn()) {
      rotations = site.floats(1);
      ofSequence = site.operand(1).extent() == Extent.SEQUENCE ? 1 : 0;
    } else {
      rotations = site.allocateFloats((long) width * operation.hashes() * operation.columns());
      for (int i = 0; i < rotations.getSize(); i++) {
        rotations.set(i, operation.rotation(i));
      }
    }
    IntArray factors = site.allocateInts(operation.factors().size());
    for (int i = 0; i < factors.getSize(); i++) {
      factors.set(i, operation.factors().get(i));
    }
    IntArray mask = operation.masked() ? site.ints(site.step().operands().size() - 1) : site.allocateInts(1);
    int hidden = operation.masked() ? operation.buckets() : -1;
    TaskPackage task = TaskPackage.createPackage(site.taskName(""), LshTasks::hash, site.context(), site.run(), site.floats(0), rotations,
        mask, factors, site.intResult(), factors.getSize(), operation.heads(), operation.hashes(), width / operation.heads(),
        operation.columns(), ofSequence, hidden);
    return List.of(KernelTask.perElement(task, site.mostItems().times(operation.heads()).times(operation.hashes())));
  }

  static void hash(KernelContext context, IntArray run, FloatArray x, FloatArray rotations, IntArray mask, IntArray factors, IntArray y,
      int digits, int heads, int hashes, int size, int columns, int ofSequence, int hidden) {
    int length = run.get(RunParameters.LENGTH);
    int all = run.get(RunParameters.SEQUENCES) * length * heads * hashes;
    for (int cell = context.globalIdx; cell < all; cell += context.globalGroupSizeX) {
      int hash = cell % hashes;
      int vector = cell / hashes;
      int row = vector / heads;
      int rotation = (ofSequence * (row / length) * heads + vector % heads) * size * hashes * columns + hash * columns;
      int bucket = 0;
      int digit = 1;
      for (int factor = 0; factor < digits; factor++) {
        int choices = factors.get(factor) / 2;
        int best = 0;
        float most = GroupReduction.LOWEST;
        int worst = 0;
        float least = -GroupReduction.LOWEST;
        for (int choice = 0; choice < choices; choice++) {
          float product = 0;
          for (int i = 0; i < size; i++) {
            product += x.get(vector * size + i) * rotations.get(rotation + i * hashes * columns + choice);
          }
          if (product > most) {
            most = product;
            best = choice;
          }
          if (product < least) {
            least = product;
            worst = choice;
          }
        }
        if (-least > most) {
          best = choices + worst;
        }
        bucket += best * digit;
        digit *= 2 * choices;
        rotation += choices;
      }
      if (hidden >= 0) {
        if (mask.get(row) == 0) {
          bucket = hidden;
        }
      }
      y.set(cell, bucket);
    }
  }
}
