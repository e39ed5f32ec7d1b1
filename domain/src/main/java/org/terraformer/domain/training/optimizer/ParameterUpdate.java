package org.terraformer.domain.training.optimizer;

import java.util.List;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * The update of one parameter and its state, the slots. A step is {@link #begin}, then the phases in order: {@link #run} for all pieces of
 * a phase, in any order and on any threads with a {@link Scratch} each, then {@link #end}. How the pieces are shared out changes no bit.
 * Nothing is allocated per step. Gradients must be finite: {@link GradientNorm} checks them.
 */
public interface ParameterUpdate {

  /**
   * The state in trax's order: live F32 memory, named {@code parameter.slot}, for a checkpoint to hold.
   */
  List<Tensor> slots();

  int phases();

  /** How many pieces each phase has. */
  int pieces();

  void begin(UpdateStep step);

  /** Does the pieces {@code from} (inclusive) to {@code to} (exclusive) of a phase. */
  void run(int phase, int from, int to, Scratch scratch);

  /** Puts the results of a phase's pieces together: short and on one thread. */
  void end(int phase);

  /** The whole step on this thread. */
  default void apply(UpdateStep step, Scratch scratch) {
    begin(step);
    for (int phase = 0; phase < phases(); phase++) {
      run(phase, 0, pieces(), scratch);
      end(phase);
    }
  }

  /**
   * Takes the slots from a checkpoint; the steps that follow are those of the update that was saved, bit for bit.
   *
   * @throws InvalidInputException if a slot is missing, not F32 or of another shape; then no slot has changed
   */
  default void restore(WeightSource checkpoint) {
    List<Tensor> saved = slots().stream().map(slot -> saved(slot, checkpoint)).toList();
    for (int i = 0; i < saved.size(); i++) {
      slots().get(i).data().copyFrom(saved.get(i).data());
    }
  }

  private static Tensor saved(Tensor slot, WeightSource checkpoint) {
    Tensor saved = checkpoint.find(slot.name()).orElseThrow(() -> InvalidInputException.of(
        "%s has no optimizer state %s of shape %s.", checkpoint.origin(), slot.name(), slot.shape()));
    if (saved.dtype() != DType.F32 || !saved.shape().equals(slot.shape())) {
      throw InvalidInputException.of("The optimizer state %s of %s is %s of shape %s but must be F32 of shape %s.",
          slot.name(), checkpoint.origin(), saved.dtype(), saved.shape(), slot.shape());
    }
    return saved;
  }
}
