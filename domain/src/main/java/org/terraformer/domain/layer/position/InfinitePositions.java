package org.terraformer.domain.layer.position;

import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.ChannelScale;
import org.terraformer.ports.operation.DriftingSinusoid;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds sinusoids whose phases wander, so that no two positions look alike however long the text: {@code y = x + T e(position)},
 * with e as in {@link DriftingSinusoid} and T a trained matrix, the softplus of a trained number for each feature, or nothing.
 *
 * <p>Weights: {@code weight} [width, width] for a matrix, {@code scale} [width] for numbers.
 *
 * @param drift how fast the phases wander
 */
public record InfinitePositions(int width, double drift, Transform transform) implements Layer {
  /** The drift where none is given. */
  public static final double DRIFT = 0.03;

  /** Options: {@code drift} (0.03), {@code transform} (any). */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "infinite",
      (options, context) -> new InfinitePositions(context.width(), options.number("drift", Double.MIN_NORMAL, 1, DRIFT),
          options.choice("transform", Transform.class, Transform.ANY)));

  /** What is trained. */
  public enum Transform {
    /** A matrix. */
    ANY,
    /** A diagonal matrix. */
    DIAG,
    NONE
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value features = recorder.apply(new DriftingSinusoid(width, drift), recorder.rowPositions());
    Value transformed = switch (transform) {
      case ANY -> recorder.apply(
          new Linear(false), features, recorder.matrix("weight", new Initialization.Orthogonal(), width, width));
      case DIAG -> recorder.apply(new ChannelScale(), features,
          recorder.apply(new Activation(ActivationFunction.SOFTPLUS),
              recorder.vector("scale", new Initialization.Constant(1e-4), width)));
      case NONE -> features;
    };
    return recorder.apply(new Add(), x, transformed);
  }
}
