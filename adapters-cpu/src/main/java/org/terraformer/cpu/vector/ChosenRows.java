package org.terraformer.cpu.vector;

import java.util.Objects;
import org.terraformer.ports.tensor.Shape;

/**
 * The rows of a weight [blocks, choices, group, columns] that belong to the choice of each block.
 *
 * @param group rows of one choice
 */
record ChosenRows(int blocks, int choices, int group) {

  static ChosenRows of(Shape weight) {
    return new ChosenRows(weight.intAxis(0), weight.intAxis(1), weight.intAxis(2));
  }

  /** The chosen rows of all blocks. */
  int cells() {
    return blocks * group;
  }

  /** The row of a cell, by the index that the cell's block has in the choices at this address. */
  long row(long chosen, int cell) {
    int block = group == 1 ? cell : cell / group;
    int choice = Objects.checkIndex(Memory.getInt(chosen + 4L * block), choices);
    return ((long) block * choices + choice) * group + cell - block * group;
  }
}
