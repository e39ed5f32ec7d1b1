package org.terraformer.domain.training.optimizer;

import java.util.List;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** One entry for each weight. */
final class FullMoment implements SecondMoment {
  private final Tensor v;
  private final long elements;
  private final float epsilon;

  FullMoment(Shape shape, Slots slots, float epsilon) {
    this.v = slots.make("v", 0);
    this.elements = shape.elements();
    this.epsilon = epsilon;
  }

  @Override
  public List<Tensor> slots() {
    return List.of(v);
  }

  @Override
  public int pieces() {
    return Math.toIntExact((elements + ElementwiseUpdate.PIECE - 1) / ElementwiseUpdate.PIECE);
  }

  @Override
  public long start(int piece) {
    return Math.min((long) piece * ElementwiseUpdate.PIECE, elements);
  }

  @Override
  public void gather(int piece, long at, float[] gradient, float[] buffer, int count, float decay) {
    float mix = 1 - decay;
    Scratch.load(v.data(), at, buffer, count);
    for (int i = 0; i < count; i++) {
      buffer[i] = decay * buffer[i] + mix * (gradient[i] * gradient[i]);
    }
    Scratch.store(buffer, v.data(), at, count);
  }

  @Override
  public void finish(float decay) {
    // Every piece has already written its part of the slot.
  }

  @Override
  public void factors(long at, float[] factors, int count) {
    Scratch.load(v.data(), at, factors, count);
    for (int i = 0; i < count; i++) {
      factors[i] = 1 / (float) Math.sqrt(factors[i] + epsilon);
    }
  }
}
