package org.terraformer.domain.layer.position;

import java.util.List;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.PositionDigits;
import org.terraformer.ports.operation.PositionEquals;
import org.terraformer.ports.operation.RandomStart;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds the digits of the position, in the number bases 11, 13, 14 and 15, times a trained vector for each base and digit. Digit i, the
 * least significant first, fills slice i of eight equal slices of the features. Position 0 also gets a trained start vector.
 *
 * <p>As in the reference, half of the sequences of a training start at a random position below 11^8, where the smallest base has no more digits,
 * and one in a hundred has no position at all; the start vector is added to their first row nevertheless.
 *
 * <p>Weights: {@code weight} [8, width / 8, 1, 4] (digit, feature, -, base), {@code start} [width, 1].
 *
 * @param randomStart whether training starts at random positions
 */
public record FixedBasePositions(int width, boolean randomStart) implements Layer {
  private static final List<Integer> BASES = List.of(11, 13, 14, 15);
  private static final int DIGITS = 8;
  private static final TrainingStart START = new TrainingStart(new RandomStart(0.5f, 214_358_881, 0.01f), Extent.SEQUENCE);
  private static final Initialization SMALL = new Initialization.Uniform(1e-4);

  /** Options: for training, {@code random_start} (true). The model's width must be a multiple of 8. */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "fixed_base",
      (options, context) -> new FixedBasePositions(context.width(), TrainingStart.wanted(options)));

  public FixedBasePositions {
    if (width % DIGITS != 0) {
      throw InvalidInputException.of("Fixed-base positions need a width that is a multiple of %d but it is %d.", DIGITS, width);
    }
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value positions = randomStart ? START.positions(recorder) : recorder.rowPositions();
    Value digits = recorder.apply(new PositionDigits(BASES, DIGITS), positions);
    Value weight = recorder.matrix("weight", SMALL, DIGITS, width / DIGITS, 1, BASES.size());
    Value encoded = recorder.reshape(recorder.apply(new ModuleLinear(false), digits, weight), width);
    Value atStart = recorder.apply(new PositionEquals(0), recorder.rowPositions());
    Value start = recorder.apply(new Linear(false), atStart, recorder.matrix("start", SMALL, width, 1));
    return recorder.apply(new Add(), recorder.apply(new Add(), x, encoded), start);
  }
}
