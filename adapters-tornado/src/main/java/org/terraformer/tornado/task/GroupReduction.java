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
   * The place of the largest of what each thread has, for all of them; of equal ones the first place.
   *
   * @param values local memory, one element for each thread, as {@code places}; free again afterwards
   * @param place of the thread's value; below 0 for a thread that has none
   */
  static int placeOfLargest(KernelContext context, float[] values, int[] places, float value, int place) {
    int local = context.localIdx;
    values[local] = value;
    places[local] = place;
    for (int stride = context.localGroupSizeX / 2; stride > 0; stride /= 2) {
      context.localBarrier();
      if (local < stride) {
        float other = values[local + stride];
        int otherPlace = places[local + stride];
        int better = 0;
        if (places[local] < 0 || other > values[local]) {
          better = 1;
        }
        if (other == values[local] && otherPlace < places[local]) {
          better = 1;
        }
        if (better != 0 && otherPlace >= 0) {
          values[local] = other;
          places[local] = otherPlace;
        }
      }
    }
    context.localBarrier();
    int first = places[0];
    context.localBarrier();
    return first;
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
