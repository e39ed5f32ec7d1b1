package org.terraformer.domain.layer;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * A dense layer through a narrow middle, without a function between: {@code y = W2 (W1 x + b1) + b2}.
 *
 * <p>Weights: {@code down.weight} [rank, in], {@code down.bias}, {@code up.weight} [units, rank], {@code up.bias}.
 */
public record LowRankDense(int units, int rank) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value low = new Dense(rank).record(recorder.scope("down"), x);
    return new Dense(units).record(recorder.scope("up"), low);
  }
}
