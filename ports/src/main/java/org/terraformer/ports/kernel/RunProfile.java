package org.terraformer.ports.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the time of some runs went, as seen by the thread that asked for them.
 *
 * @param runs how many
 * @param seconds their time in all; what the steps don't account for went into starting and ending the runs
 */
public record RunProfile(int runs, double seconds, List<StepTime> steps) {
  public static final RunProfile NONE = new RunProfile(0, 0, List.of());

  public RunProfile {
    steps = List.copyOf(steps);
  }

  /** These runs and further ones of the same program together. */
  public RunProfile plus(RunProfile other) {
    if (runs == 0) {
      return other;
    }
    List<StepTime> sums = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      sums.add(new StepTime(steps.get(i).step(), steps.get(i).working() + other.steps.get(i).working(),
          steps.get(i).waiting() + other.steps.get(i).waiting()));
    }
    return new RunProfile(runs + other.runs, seconds + other.seconds, sums);
  }

  /**
   * The time of a step over all runs.
   *
   * @param working seconds of computing
   * @param waiting seconds of waiting for the other threads afterwards
   */
  public record StepTime(Step step, double working, double waiting) {}
}
