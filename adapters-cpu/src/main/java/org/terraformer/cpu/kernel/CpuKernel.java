package org.terraformer.cpu.kernel;

import org.terraformer.cpu.run.Frame;

/**
 * Computes one operation together with the other workers of the crew. Every worker calls {@link #run} for every phase; between
 * phases, and between kernels, all of them meet. A kernel allocates nothing while it runs. State for each position lies as
 * {@link org.terraformer.cpu.scalar.ScalarKernel} tells, so that what is in use of a slot can be copied.
 */
public interface CpuKernel {

  /** How many phases a run has; every worker gets the same answer. */
  default int phases(Frame frame) {
    return 1;
  }

  /** Bytes of memory that each worker needs for itself while this kernel runs; see {@link Frame#scratch}. */
  default long scratchBytes() {
    return 0;
  }

  /**
   * Does this worker's share of a phase. How the work is shared must not change the bits of the result: outputs are divided
   * among workers, never the terms of a sum.
   *
   * @param worker from 0 to {@code workers - 1}
   */
  void run(int phase, Frame frame, int worker, int workers);
}
