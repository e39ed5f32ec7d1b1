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

  /** Bytes of memory that {@link #sort} needs: where each choice's items end, and the items. */
  long bytes(int mostItems) {
    return 4L * (choices + 1L + mostItems);
  }

  /** Sorts some items, from the first, by their choices in a block; those of one choice stay in their order. */
  void sort(int block, int first, int items, long space) {
    for (int choice = 0; choice <= choices; choice++) {
      Memory.setInt(space + 4L * choice, 0);
    }
    for (int item = first; item < first + items; item++) {
      long count = space + 4L * (choice(block, item) + 1);
      Memory.setInt(count, Memory.getInt(count) + 1);
    }
    for (int choice = 1; choice <= choices; choice++) {
      Memory.setInt(space + 4L * choice, Memory.getInt(space + 4L * choice) + Memory.getInt(space + 4L * choice - 4));
    }
    // Now a choice's number is where its items begin; it moves on as they are placed, and ends where the next one's begin.
    for (int item = first; item < first + items; item++) {
      long next = space + 4L * choice(block, item);
      Memory.setInt(space + 4L * (choices + 1L + Memory.getInt(next)), item);
      Memory.setInt(next, Memory.getInt(next) + 1);
    }
  }

  /** Where the items of a choice begin in the order. */
  int from(int choice, long space) {
    return choice == 0 ? 0 : to(choice - 1, space);
  }

  int to(int choice, long space) {
    return Memory.getInt(space + 4L * choice);
  }

  /** The item at a place of the order. */
  int item(int place, long space) {
    return Memory.getInt(space + 4L * (choices + 1L + place));
  }

  private int choice(int block, int item) {
    return Objects.checkIndex(Memory.getInt(chosen + 4L * ((long) item * blocks + block)), choices);
  }
}
