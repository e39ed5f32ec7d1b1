package org.terraformer.tornado.task;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

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

  /** The largest of a vector from {@code start} on, for all threads; {@code partial} as that of {@link #sum}. */
  static float largest(KernelContext context, float[] partial, FloatArray x, int start, int width) {
    float largest = LOWEST;
    for (int i = context.localIdx; i < width; i += context.localGroupSizeX) {
      largest = TornadoMath.max(largest, x.get(start + i));
    }
    return max(context, partial, largest);
  }

  /**
   * The place of the largest of what each thread has, for all of them; of equal ones the first place; -1 if no thread has one. What is no
   * number counts as {@link #LOWEST}. Places are compared as floats, which hold them exactly below 2^24: where a method is handed two local
   * arrays, TornadoVM takes one for the other.
   *
   * @param partial as that of {@link #sum}
   * @param place of the thread's value; below 0 for a thread that has none
   */
  static int placeOfLargest(KernelContext context, float[] partial, float value, int place) {
    float mine = LOWEST;
    if (place >= 0) {
      if (value > LOWEST) {
        mine = value;
      }
    }
    float largest = max(context, partial, mine);
    float first = LOWEST;
    if (place >= 0) {
      if (mine == largest) {
        first = -place;
      }
    }
    first = max(context, partial, first);
    int found = -1;
    if (first > LOWEST) {
      found = (int) -first;
    }
    return found;
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
