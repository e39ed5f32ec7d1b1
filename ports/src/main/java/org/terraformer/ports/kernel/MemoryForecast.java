package org.terraformer.ports.kernel;

import org.terraformer.ports.checkpoint.WeightSource;

/** What a {@link Backend} may offer besides: how much memory an executable would take, without making it. */
public interface MemoryForecast {

  /**
   * Bytes of an executable for its results, states, inputs and the weights that it copies; those that stay where they lie don't count. An
   * executable of a distant backend needs them here and there.
   */
  long executableBytes(Program program, WeightSource weights, ExecutionLimits limits);
}
