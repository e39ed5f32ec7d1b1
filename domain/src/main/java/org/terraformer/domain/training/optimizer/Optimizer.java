package org.terraformer.domain.training.optimizer;

import java.lang.foreign.SegmentAllocator;
import java.util.Optional;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.tensor.Tensor;

/** The settings of a rule that changes weights by their gradients. Immutable; what it remembers is in a {@link ParameterUpdate}. */
public interface Optimizer {

  /**
   * The update of one parameter, with fresh state.
   *
   * @param weight F32; changed in place by every step
   * @param gradient F32 of the weight's shape; read in every step, never changed
   * @param slotMemory where the state is kept
   * @throws IllegalArgumentException if the two do not fit together
   */
  ParameterUpdate attach(Tensor weight, Tensor gradient, SegmentAllocator slotMemory);

  /**
   * As {@link #attach(Tensor, Tensor, SegmentAllocator)}, of a weight whose rows and columns are not its last two axes.
   *
   * @param factoring its rows and columns; empty if it has none
   */
  default ParameterUpdate attach(Tensor weight, Tensor gradient, Optional<Factoring> factoring, SegmentAllocator slotMemory) {
    return attach(weight, gradient, slotMemory);
  }

  /**
   * An optimizer by its name and trax's names of its settings.
   *
   * @param type {@code sgd}, {@code momentum}, {@code rmsprop}, {@code sm3}, {@code adam}, {@code adamw} or {@code adafactor}
   * @throws InvalidInputException if the type or a setting is unknown, or a setting out of its range
   */
  static Optimizer of(String type, Options options) {
    Optimizer optimizer = switch (type) {
      case "sgd" -> new Sgd();
      case "momentum" -> Momentum.of(options);
      case "rmsprop" -> RmsProp.of(options);
      case "sm3" -> Sm3.of(options);
      case "adam" -> Adam.of(options);
      case "adamw" -> AdamW.of(options);
      case "adafactor" -> Adafactor.of(options);
      default -> throw InvalidInputException.of(
          "The optimizer %s is unknown; known are sgd, momentum, rmsprop, sm3, adam, adamw, adafactor.", type);
    };
    options.finish();
    return optimizer;
  }
}
