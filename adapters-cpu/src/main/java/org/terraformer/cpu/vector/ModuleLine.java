package org.terraformer.cpu.vector;

/**
 * The modules of consecutive times, one after another, with a gap of zeros before the first and behind the last of each time: so what the
 * taps of a module see at a time stands in neighbouring places, and windows begin one place after another, also from a time to the next,
 * except that none begins in a gap.
 */
final class ModuleLine {
  private final int modules;
  private final int size;
  private final int gap;

  /**
   * @param size elements of a module
   * @param kernel modules that a window sees, odd
   */
  ModuleLine(int modules, int size, int kernel) {
    this.modules = modules;
    this.size = size;
    this.gap = (kernel - 1) / 2;
  }

  /** Places from a time to the next. */
  int period() {
    return modules + gap;
  }

  /** Places before the first module of a time. */
  int gap() {
    return gap;
  }

  /** Places that some times take, with those that a tile reads of windows that begin in the last gap. */
  int places(int times) {
    return 2 * gap + times * period() + WindowTile.ROWS;
  }

  /** Writes the modules of a time, as they lie, behind those of earlier ones; zeros for address 0. Gaps are left as they are. */
  void copy(long item, int time, long line) {
    long to = line + 4L * size * (gap + time * period());
    if (item == 0) {
      Floats.clear(to, modules * size);
    } else {
      Floats.copy(item, to, modules * size);
    }
  }

  /** As {@link #copy}, of some columns of the modules to places of {@link WindowTile#COLUMNS} floats. */
  void copyColumns(long item, int columns, int time, long panel) {
    long to = panel + 4L * WindowTile.COLUMNS * (gap + time * period());
    if (item == 0) {
      Floats.clear(to, modules * WindowTile.COLUMNS);
    } else if (size == WindowTile.COLUMNS) {
      Floats.copy(item, to, modules * size);
    } else {
      for (int module = 0; module < modules; module++) {
        Floats.copy(item + 4L * module * size, to + 4L * module * WindowTile.COLUMNS, columns);
      }
    }
  }

  /** As {@link #copy}, to a line for each element of a module, {@code stride} bytes apart. */
  void turn(long item, int time, long lines, long stride, long space) {
    long to = lines + 4L * (gap + time * period());
    if (item == 0) {
      for (int i = 0; i < size; i++) {
        Floats.clear(to + i * stride, modules);
      }
    } else {
      Transposition.turn(item, modules, size, 4L * size, to, stride, space);
    }
  }
}
