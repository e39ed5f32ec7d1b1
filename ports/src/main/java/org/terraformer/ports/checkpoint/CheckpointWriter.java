package org.terraformer.ports.checkpoint;

import org.terraformer.ports.progress.ProgressListener;

/** Writes weights where a {@link WeightSource} can find them again. */
public interface CheckpointWriter {

  /** Writes all tensors of the source; the old checkpoint, if any, stays whole until the new one is. */
  void write(WeightSource weights, ProgressListener progress);
}
