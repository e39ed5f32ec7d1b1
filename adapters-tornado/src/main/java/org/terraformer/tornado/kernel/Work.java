package org.terraformer.tornado.kernel;

import java.util.function.LongUnaryOperator;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;

/**
 * How much there is to do for a task at most.
 *
 * @param step while every sequence has one row
 * @param prompt in any run
 */
public record Work(long step, long prompt) {

  /** As much in every run. */
  public static Work always(long amount) {
    return new Work(amount, amount);
  }

  /** The items of a value of this extent. */
  public static Work items(Extent extent, ExecutionLimits limits) {
    long step = extent == Extent.FIXED ? 1 : limits.sequences();
    return new Work(step, Math.max(step, limits.capacity(extent)));
  }

  /** The work, where each of its parts is so many. */
  public Work times(long parts) {
    return map(amount -> amount * parts);
  }

  Work map(LongUnaryOperator change) {
    return new Work(change.applyAsLong(step), change.applyAsLong(prompt));
  }

  public Work atMost(long most) {
    return map(amount -> Math.min(amount, most));
  }

  /** That of the runs that use a grid. */
  public long in(Grid grid) {
    return grid == Grid.STEP ? step : prompt;
  }
}
