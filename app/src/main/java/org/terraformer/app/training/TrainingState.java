package org.terraformer.app.training;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * How far a training has come. With the weights and the optimizer's state that is all there is to a training: the order of the
 * text and all that is drawn follow from the step.
 *
 * @param step the last that was done; 0 before the first
 * @param bestLoss the least loss of a validation; infinite before the first
 */
record TrainingState(long step, double bestLoss) {
  static final TrainingState BEGIN = new TrainingState(0, Double.POSITIVE_INFINITY);

  private static final String NAME = "training.state";
  private static final String SLOTS = "optimizer.";

  /** All of a training as tensors: the weights by their names, the optimizer's state with a prefix, and this. */
  NamedTensors with(WeightSource weights, List<Tensor> slots) {
    List<Tensor> all = new ArrayList<>();
    weights.names().forEach(name -> all.add(weights.find(name).orElseThrow()));
    slots.forEach(slot -> all.add(new Tensor(SLOTS + slot.name(), slot.dtype(), slot.shape(), slot.data())));
    long best = Double.doubleToLongBits(bestLoss);
    int[] numbers = {(int) step, (int) (step >>> 32), (int) best, (int) (best >>> 32)};
    all.add(new Tensor(NAME, DType.I32, Shape.of(numbers.length), MemorySegment.ofArray(numbers)));
    return new NamedTensors(weights.origin(), all);
  }

  /**
   * Reads what {@link #with} made.
   *
   * @throws InvalidInputException if it is not there
   */
  static TrainingState of(WeightSource checkpoint) {
    Tensor tensor = checkpoint.find(NAME).filter(found -> found.dtype() == DType.I32 && found.shape().elements() == 4)
        .orElseThrow(() -> InvalidInputException.of(
            "%s is no checkpoint of a training: it has no %s.", checkpoint.origin(), NAME));
    int[] numbers = tensor.data().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    return new TrainingState(whole(numbers[0], numbers[1]), Double.longBitsToDouble(whole(numbers[2], numbers[3])));
  }

  private static long whole(int low, int high) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }

  /** The optimizer's state in a checkpoint, by the names that the optimizer gave. */
  static WeightSource slots(WeightSource checkpoint) {
    return new WeightSource() {
      @Override
      public String origin() {
        return checkpoint.origin();
      }

      @Override
      public List<String> names() {
        return checkpoint.names().stream().filter(name -> name.startsWith(SLOTS)).map(name ->
            name.substring(SLOTS.length())).toList();
      }

      @Override
      public Optional<Tensor> find(String name) {
        return checkpoint.find(SLOTS + name);
      }
    };
  }
}
