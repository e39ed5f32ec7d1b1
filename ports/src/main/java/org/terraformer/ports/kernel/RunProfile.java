package org.terraformer.ports.kernel;

import java.util.List;

/**
 * Where the time of some runs went, as seen by the thread that asked for them.
 *
 * @param runs how many
 * @param seconds their time in all; what the steps don't account for went into starting and ending the runs
 */
public record RunProfile(int runs, double seconds, List<StepTime> steps) {
  public RunProfile {
    steps = List.copyOf(steps);
  }

  /**
   * The time of a step over all runs.
   *
   * @param working seconds of computing
   * @param waiting seconds of waiting for the other threads afterwards
   */
  public record StepTime(Step step, double working, double waiting) {}
}
