package org.terraformer.tornado.kernel;

import uk.ac.manchester.tornado.api.common.TaskPackage;

/**
 * A method with its arguments, and on how many threads it runs. The number of items differs from run to run while the grid does not: a
 * kernel loops over what there is.
 *
 * @param groups work-groups
 * @param groupSize threads of each
 */
public record KernelTask(TaskPackage task, int groups, int groupSize) {
  /** Threads of a group, at most: the size of arrays in local memory. */
  public static final int GROUP = 64;

  /** Groups of a grid, at most; beyond them kernels loop. */
  private static final int MOST_GROUPS = 1 << 16;

  /** A thread for each of these elements, or for several. */
  public static KernelTask perElement(TaskPackage task, long elements) {
    return new KernelTask(task, groups((elements + GROUP - 1) / GROUP), GROUP);
  }

  /** A group for each of these rows, or for several. */
  public static KernelTask perRow(TaskPackage task, long rows) {
    return new KernelTask(task, groups(rows), GROUP);
  }

  private static int groups(long wanted) {
    return Math.clamp(wanted, 1, MOST_GROUPS);
  }
}
