package org.terraformer.cpu.run;

import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;

/** What one run works on. One object per executable, changed between runs only, so that a run allocates nothing. */
public final class Frame {
  private final ExecutionLimits limits;
  private int firstSlot;
  private int sequences;
  private int length;
  private int kept;
  private long scratch;
  private long scratchStride;
  private ThreadCrew crew;

  public Frame(ExecutionLimits limits) {
    this.limits = limits;
  }

  /** Sets the next run; see {@link org.terraformer.ports.kernel.Executable#run}. */
  public void set(int firstSlot, int sequences, int length, int kept) {
    this.firstSlot = firstSlot;
    this.sequences = sequences;
    this.length = length;
    this.kept = kept;
  }

  /** Gives the workers memory: for worker i {@code stride} bytes from {@code address + i * stride}. */
  public void useScratch(long address, long stride) {
    this.scratch = address;
    this.scratchStride = stride;
  }

  /** The address of memory that a worker has for itself while a kernel runs: as much as the kernel asked for, with anything in it. */
  public long scratch(int worker) {
    return scratch + worker * scratchStride;
  }

  /** Lets several workers share out their work as they go. */
  public void useCrew(ThreadCrew crew) {
    this.crew = crew;
  }

  /** See {@link ThreadCrew#claim}; for phases that several workers run. */
  public int claim(int owner) {
    return crew.claim(owner);
  }

  public ExecutionLimits limits() {
    return limits;
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
