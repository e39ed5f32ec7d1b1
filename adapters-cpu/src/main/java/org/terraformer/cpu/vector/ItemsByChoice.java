package org.terraformer.cpu.vector;

import java.util.Objects;

/** The items of a run in the order of their choices in one block: a counting sort, in memory of the worker's own. */
final class ItemsByChoice {
  private final int choices;
  private final int blocks;
  private final long chosen;

  /**
   * @param chosen the choice of each block of each item
   */
  ItemsByChoice(ChosenRows layout, long chosen) {
    this.choices = layout.choices();
    this.blocks = layout.blocks();
    this.chosen = chosen;
  }

  /** Bytes of memory that {@link #sort} needs: where each choice's items begin, where they end, and the items. */
  long bytes(int mostItems) {
    return 4L * (2L * choices + mostItems);
  }

  /** Sorts some items, from the first, by their choices in a block; those of one choice stay in their order. */
  void sort(int block, int first, int items, long space) {
    makeRoom(block, first, items, space);
    for (int item = first; item < first + items; item++) {
      long end = end(choice(block, item), space);
      int next = Memory.getInt(end);
      setItem(next, item, space);
      Memory.setInt(end, next + 1);
    }
  }

  /** Lets the items of each choice begin where all of those before it have room; none has come yet. */
  private void makeRoom(int block, int first, int items, long space) {
    for (int choice = 0; choice < choices; choice++) {
      Memory.setInt(end(choice, space), 0);
    }
    for (int item = first; item < first + items; item++) {
      long count = end(choice(block, item), space);
      Memory.setInt(count, Memory.getInt(count) + 1);
    }
    int begin = 0;
    for (int choice = 0; choice < choices; choice++) {
      int count = Memory.getInt(end(choice, space));
      Memory.setInt(space + 4L * choice, begin);
      Memory.setInt(end(choice, space), begin);
      begin += count;
    }
  }

  private long end(int choice, long space) {
    return space + 4L * ((long) choices + choice);
  }

  private void setItem(int place, int item, long space) {
    Memory.setInt(space + 4L * (2L * choices + place), item);
  }

  /** Where the items of a choice begin in the order. */
  int from(int choice, long space) {
    return Memory.getInt(space + 4L * choice);
  }

  int to(int choice, long space) {
    return Memory.getInt(end(choice, space));
  }

  /** The item at a place of the order. */
  int item(int place, long space) {
    return Memory.getInt(space + 4L * (2L * choices + place));
  }

  private int choice(int block, int item) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * ((long) item * blocks + block)), choices);
  }
}
