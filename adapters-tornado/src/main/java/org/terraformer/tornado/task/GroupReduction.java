package org.terraformer.tornado.task;

import uk.ac.manchester.tornado.api.KernelContext;

/** Sums and maxima over the threads of a work-group, as trees in local memory; a group's size is a power of two. */
final class GroupReduction {
  /** What a search for the largest begins with. */
  static final float LOWEST = -Float.MAX_VALUE;

  private GroupReduction() {}

  /**
   * The sum of what each thread has, for all of them.
   *
   * @param partial local memory, one element for each thread; free again afterwards
   */
  static float sum(KernelContext context, float[] partial, float mine) {
    int local = context.localIdx;
    partial[local] = mine;
    for (int stride = context.localGroupSizeX / 2; stride > 0; stride /= 2) {
      context.localBarrier();
      if (local < stride) {
        partial[local] += partial[local + stride];
      }
    }
    context.localBarrier();
    float sum = partial[0];
    context.localBarrier();
    return sum;
  }

  /** As {@link #sum}, the largest. */
  static float max(KernelContext context, float[] partial, float mine) {
    int local = context.localIdx;
    partial[local] = mine;
    for (int stride = context.localGroupSizeX / 2; stride > 0; stride /= 2) {
      context.localBarrier();
      if (local < stride && partial[local + stride] > partial[local]) {
        partial[local] = partial[local + stride];
      }
    }
    context.localBarrier();
    float largest = partial[0];
    context.localBarrier();
    return largest;
  }
}
