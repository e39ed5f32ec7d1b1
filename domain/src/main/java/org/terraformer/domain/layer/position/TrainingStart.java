package org.terraformer.domain.layer.position;

import org.terraformer.domain.config.Options;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.RandomStart;
import org.terraformer.ports.recording.Recorder;

/**
 * Where positions start while a model is trained: at random places, as the reference has it, so that positions beyond the training's length
 * mean something too.
 *
 * @param extent what draws are for: the run (FIXED) or each sequence
 */
record TrainingStart(RandomStart start, Extent extent) {
  private static final String OPTION = "random_start";

  /** The option {@code random_start} (true): whether training starts anywhere. */
  static boolean wanted(Options options) {
    return options.flag(OPTION, true);
  }

  /** The positions of the rows: their own, but in training. */
  Value positions(Recorder recorder) {
    return recorder.chance().map(chance -> recorder.apply(start, recorder.rowPositions(),
        chance.uniform(recorder, OPTION, extent, 0, 1, RandomStart.DRAWS))).orElseGet(recorder::rowPositions);
  }
}
