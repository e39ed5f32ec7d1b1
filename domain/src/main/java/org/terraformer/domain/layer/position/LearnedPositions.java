package org.terraformer.domain.layer.position;

import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds a trained vector for each position: {@code y = x + table[position]}, or, factored, {@code y = x + P table[position]}. As in the
 * reference, dropout in training leaves out features of all positions at once.
 *
 * <p>Weights: {@code weight} [max length, features], and if factored {@code projection} [width, features].
 *
 * @param maxLength the number of positions
 * @param features the size of the table's rows if they are projected, else 0
 * @param amplitude of the sinusoids that the table begins as: 1 in the reference, where the vectors of tokens begin with length 1 and drown
 *     in those of positions, whose length is {@code amplitude * sqrt(width / 2)}, until training has learnt better
 */
public record LearnedPositions(int maxLength, int width, int features, double amplitude) implements Layer {
  /** Options: {@code features} (0: as the width, without a projection), {@code initial_amplitude} (1). */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "learned", (options, context) ->
      new LearnedPositions(context.maxLength(), context.width(), options.integer("features", 0, 10_000_000, 0),
          options.number("initial_amplitude", 0, 100, 1)));

  @Override
  public Value record(Recorder recorder, Value x) {
    Value table = recorder.matrix("weight", new Initialization.Sinusoids(amplitude), maxLength, features == 0 ? width : features);
    Value rows = recorder.apply(new Embedding(), recorder.rowPositions(), table);
    if (features != 0) {
      rows = recorder.apply(new Linear(false), rows, recorder.matrix("projection", width, features));
    }
    rows = new DropoutLayer(recorder.dropout().hidden(), Extent.FIXED).record(recorder, rows);
    return recorder.apply(new Add(), x, rows);
  }
}
