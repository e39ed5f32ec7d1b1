package org.terraformer.tornado.kernel;

import uk.ac.manchester.tornado.api.common.TaskPackage;

/**
 * A method with its arguments, and on how many threads it runs. The number of items differs from run to run while there are only two grids:
 * a kernel loops over what there is, and threads for which nothing is left end at once.
 *
 * @param groups work-groups
 * @param groupSize threads of each
 */
public record KernelTask(TaskPackage task, Work groups, int groupSize) {
  /** Threads of a group, at most: the size of arrays in local memory. */
  public static final int GROUP = 64;

  /** Groups of a grid, at most; beyond them kernels loop. */
  private static final int MOST_GROUPS = 1 << 16;

  /** As many groups as a large device runs at a time, and some to follow them. */
  private static final int BUSY_GROUPS = 1 << 13;

  /** A thread for each of these elements, or for several. */
  public static KernelTask perElement(TaskPackage task, Work elements) {
    return perRow(task, elements.map(most -> (most + GROUP - 1) / GROUP));
  }

  /** As {@link #perElement(TaskPackage, Work)}, with as many elements in every run. */
  public static KernelTask perElement(TaskPackage task, long elements) {
    return perElement(task, Work.always(elements));
  }

  /** A group for each of these rows, or for several. */
  public static KernelTask perRow(TaskPackage task, Work rows) {
    return new KernelTask(task, rows.map(most -> Math.clamp(most, 1, MOST_GROUPS)), GROUP);
  }

  /** As {@link #perRow(TaskPackage, Work)}, with as many rows in every run. */
  public static KernelTask perRow(TaskPackage task, long rows) {
    return perRow(task, Work.always(rows));
  }

  /**
   * A group for each of these cells, which goes through the items of it; where so few groups would leave a device idle, several groups that
   * take turns with the items.
   *
   * @param cells of the items, each computed alike
   */
  public static KernelTask perCell(TaskPackage task, long cells, Work items) {
    long busy = (BUSY_GROUPS + cells - 1) / cells;
    return perRow(task, new Work(cells, cells * Math.min(busy, items.prompt())));
  }

  /** The work-groups of one grid. */
  public int groups(Grid grid) {
    return (int) groups.in(grid);
  }
}
