package org.terraformer.cpu.kernel;

import org.terraformer.cpu.run.Frame;

/**
 * Computes one operation together with the other workers of the crew. Every worker calls {@link #run} for every phase; between
 * phases, and between kernels, all of them {@linkplain #meetsAfter meet}. A kernel allocates nothing while it runs. State for each position lies as
 * {@link org.terraformer.cpu.scalar.ScalarKernel} tells, so that what is in use of a slot can be copied.
 */
public interface CpuKernel {

  /** How many phases a run has; every worker gets the same answer. */
  default int phases(Frame frame) {
    return 1;
  }

  /**
   * Whether the workers meet after a phase; every worker gets the same answer. They need not, where each has one share of the phase, which reads
   * what the worker itself wrote, and writes what nobody reads before the next run: a meeting costs as much as a small phase.
   */
  default boolean meetsAfter(int phase, Frame frame) {
    return true;
  }

  /** Bytes of memory that each worker needs for itself while this kernel runs; see {@link Frame#scratch}. */
  default long scratchBytes() {
    return 0;
  }

  /**
   * Into how many shares the part of each worker is divided in a phase; every worker gets the same answer. Where it is more than one, a worker
   * that has done its own shares takes over what others have left, so that nobody waits for a slower processor.
   *
   * @param workers at least two
   */
  default int sharesPerWorker(int phase, Frame frame, int workers) {
    return 1;
  }

  /**
   * Does a share of a phase. How the work is shared must not change the bits of the result: outputs are divided, or the terms of a sum into parts
   * that do not depend on it. Where each worker has one share it is that of its own number, else any.
   *
   * @param frame the worker's
   * @param share from 0 to {@code shares - 1}
   */
  void run(int phase, Frame frame, int share, int shares);
}
