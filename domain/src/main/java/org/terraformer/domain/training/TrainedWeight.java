package org.terraformer.domain.training;

import java.util.Optional;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Initialization;

/**
 * A weight of a program that trains it.
 *
 * @param gradient that of the loss by the weight; empty where the loss does not depend on it, and its gradient is zero
 * @param factoring its rows and columns, for optimizers that keep statistics of these
 */
public record TrainedWeight(Value value, Optional<Value> gradient, Initialization initialization, Optional<Factoring> factoring) {
  /**
   * @throws InvalidInputException if it has more numbers than a gradient can have
   */
  public TrainedWeight {
    if (value.shape().elements() > Integer.MAX_VALUE) {
      throw InvalidInputException.of("The weight %s has %,d numbers, but one that is trained can have at most %,d.", value.name(),
          value.shape().elements(), Integer.MAX_VALUE);
    }
  }

  public String name() {
    return value.name();
  }
}
