package org.terraformer.cpu.vector;

import java.util.Objects;
import org.terraformer.ports.tensor.Shape;

/**
 * The rows of a weight [blocks, choices, group, columns] that belong to the choice of each block.
 *
 * @param group rows of one choice
 */
record ChosenRows(int blocks, int choices, int group) {
  /** What a second-level cache holds beside what goes through it. */
  private static final long TILE_BYTES = 1 << 18;

  static ChosenRows of(Shape weight) {
    return new ChosenRows(weight.intAxis(0), weight.intAxis(1), weight.intAxis(2));
  }

  /** The chosen rows of all blocks. */
  int cells() {
    return blocks * group;
  }

  /**
   * How many cells, a multiple of four, items may go through one after another while all rows that can be chosen stay in the cache.
   *
   * @param bytes of a row that are read
   */
  int cellsOfTile(long bytes) {
    return (int) Math.clamp(TILE_BYTES / (choices * bytes) / 4 * 4, 4, Math.ceilDiv(cells(), 4) * 4L);
  }

  /** The row of a cell, by the index that the cell's block has in the choices at this address. */
  long row(long chosen, int cell) {
    int block = group == 1 ? cell : cell / group;
    int choice = Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
    return ((long) block * choices + choice) * group + cell - block * group;
  }
}
