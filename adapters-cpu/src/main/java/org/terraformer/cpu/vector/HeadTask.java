package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;

/** What a worker does for one head of a sequence in windows, in memory of its own. */
interface HeadTask {
  long scratchBytes();

  /**
   * @param buckets the address of the run's buckets; 0 for rows as they are
   */
  void run(Frame frame, int sequence, int head, long buckets, long scratch);
}
