package org.terraformer.ports.kernel;

/** What a {@link Backend} may offer besides: how much memory an executable would take, without making it. */
public interface MemoryForecast {

  /** Bytes of an executable for its results, states, inputs and small weights; matrices stay where they lie. */
  long executableBytes(Program program, ExecutionLimits limits);
}
