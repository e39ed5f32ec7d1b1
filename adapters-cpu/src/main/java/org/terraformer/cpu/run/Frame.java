package org.terraformer.cpu.run;

import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;

/** What one run works on, for one worker. The objects are changed between runs only, so that a run allocates nothing. */
public final class Frame {
  private final ExecutionLimits limits;
  private final int worker;
  private int firstSlot;
  private int sequences;
  private int length;
  private int kept;
  private long scratch;

  /** The frame of a worker that works alone. */
  public Frame(ExecutionLimits limits) {
    this(limits, 0);
  }

  /**
   * @param worker who uses it, from 0 on
   */
  public Frame(ExecutionLimits limits, int worker) {
    this.limits = limits;
    this.worker = worker;
  }

  /** Sets the next run; see {@link org.terraformer.ports.kernel.Executable#run}. */
  public void set(int firstSlot, int sequences, int length, int kept) {
    this.firstSlot = firstSlot;
    this.sequences = sequences;
    this.length = length;
    this.kept = kept;
  }

  /** Gives the worker memory. */
  public void useScratch(long address) {
    this.scratch = address;
  }

  /** The address of memory that the worker has for itself while a kernel runs: as much as the kernel asked for, with anything in it. */
  public long scratch() {
    return scratch;
  }

  public ExecutionLimits limits() {
    return limits;
  }

  public int worker() {
    return worker;
  }

  public int firstSlot() {
    return firstSlot;
  }

  public int sequences() {
    return sequences;
  }

  /** New rows of each sequence. */
  public int length() {
    return length;
  }

  /** Rows of each sequence whose result is wanted. */
  public int kept() {
    return kept;
  }

  public int rows() {
    return sequences * length;
  }

  /** The number of items that a value of this extent holds in this run. */
  public int items(Extent extent) {
    return switch (extent) {
      case FIXED -> 1;
      case SEQUENCE -> sequences;
      case ROW -> sequences * length;
      case KEPT_ROW -> sequences * kept;
      case PART -> (int) Extent.partOf(rows());
      case SLOT -> limits.sequences();
      case CONTEXT -> limits.sequences() * limits.contextLength();
    };
  }
}
