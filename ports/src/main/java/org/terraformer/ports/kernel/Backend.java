package org.terraformer.ports.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.progress.ProgressListener;

/** Something that runs recorded programs. */
public interface Backend {

  /** The name it is chosen by, as {@code cpu}. */
  String name();

  /** What it runs on, or in one sentence why it can't run here. */
  String description();

  /** The devices or threads that it uses of all that it could: what it was timed on holds where this is the same. */
  default String runsOn() {
    return description();
  }

  /** Whether it can run on this machine. */
  boolean available();

  /**
   * Lays out memory, places weights and compiles what needs compiling.
   *
   * @throws org.terraformer.ports.failure.InvalidInputException if a weight is missing or has another shape, if an operation
   *     has no kernel here, or if there is not enough memory
   */
  Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress);

  /** Whether what it computes lies in memory of its own, so that every number that is read of it has to come over here. */
  default boolean distant() {
    return false;
  }

  /** Where weights that are made, not read from a file, are best placed for its programs: memory of zeros that lives as long as the arena. */
  default SegmentAllocator memory(Arena arena) {
    return arena;
  }

  /** Measures the memory that weights are placed in, with as many threads or cores as run the programs. */
  BandwidthProbe bandwidthProbe();
}
