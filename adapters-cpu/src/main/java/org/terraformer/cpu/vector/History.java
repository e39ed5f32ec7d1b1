package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;

/**
 * What stood before a run's rows: their inputs and a ring of those of earlier runs, in which what stood at position p is item p mod the
 * number of items.
 */
final class History {
  private final long x;
  private final long starts;
  private final long state;
  private final int items;
  private final long itemBytes;

  /**
   * @param items positions that are remembered
   */
  History(CpuTensor x, CpuTensor starts, CpuTensor state, int items) {
    this.x = x.address();
    this.starts = starts.address();
    this.state = state.address();
    this.items = items;
    this.itemBytes = 4L * x.width();
  }

  /** The address of the input {@code lag} positions before a row; 0 before the start. */
  long item(Frame frame, int row, int lag) {
    int sequence = row / frame.length();
    int t = row % frame.length() - lag;
    if (t >= 0) {
      return x + (row - lag) * itemBytes;
    }
    int position = Memory.getInt(starts + 4L * sequence) + t;
    return position < 0 ? 0 : remembered(frame, sequence, position);
  }

  private long remembered(Frame frame, int sequence, int position) {
    return state + ((long) (frame.firstSlot() + sequence) * items + position % items) * itemBytes;
  }

  /** Where the only row of a run is to be remembered. */
  long onlyTarget(Frame frame) {
    return remembered(frame, 0, Memory.getInt(starts));
  }

  /** Remembers the last rows of a worker's share of the sequences. */
  void remember(Frame frame, int worker, int workers) {
    for (int sequence = Share.from(frame.sequences(), worker, workers); sequence < Share.to(frame.sequences(), worker, workers); sequence++) {
      int start = Memory.getInt(starts + 4L * sequence);
      for (int t = Math.max(0, frame.length() - items); t < frame.length(); t++) {
        long target = remembered(frame, sequence, start + t);
        Memory.copy(x + ((long) sequence * frame.length() + t) * itemBytes, target, itemBytes);
      }
    }
  }
}
