package org.terraformer.domain.training.optimizer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** A weight, its gradient and its update, filled by chance. */
final class Parameter {
  private final Random random;
  final Tensor weight;
  final Tensor gradient;
  final ParameterUpdate update;

  Parameter(Optimizer optimizer, Shape shape, long seed) {
    random = new Random(seed);
    weight = tensor("encoder.w", shape);
    gradient = tensor("encoder.w", shape);
    fill(weight, 0.5f);
    update = optimizer.attach(weight, gradient, Arena.ofAuto());
  }

  private static Tensor tensor(String name, Shape shape) {
    return new Tensor(name, DType.F32, shape, Arena.ofAuto().allocate(shape.elements() * Float.BYTES, Float.BYTES));
  }

  private void fill(Tensor tensor, float size) {
    float[] values = new float[tensor.shape().intElements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(-size, size);
    }
    tensor.data().copyFrom(MemorySegment.ofArray(values));
  }

  void nextGradient() {
    fill(gradient, 2);
  }

  void zeroGradient() {
    gradient.data().fill((byte) 0);
  }

  /** A step whose pieces are run one by one in a random order. */
  void applyShuffled(UpdateStep step) {
    update.begin(step);
    for (int phase = 0; phase < update.phases(); phase++) {
      List<Integer> order = new ArrayList<>();
      for (int piece = 0; piece < update.pieces(); piece++) {
        order.add(piece);
      }
      Collections.shuffle(order, new Random(step.number()));
      for (int piece : order) {
        update.run(phase, piece, piece + 1, new Scratch());
      }
      update.end(phase);
    }
  }

  float[] weights() {
    return floats(weight);
  }

  float[] gradients() {
    return floats(gradient);
  }

  /** All slots, one after the other. */
  List<float[]> slots() {
    return update.slots().stream().map(Parameter::floats).toList();
  }

  static float[] floats(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }
}
