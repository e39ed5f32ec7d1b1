package org.terraformer.domain.training.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.tensor.Tensor;

/** Gathers the statistics of gradient and weight, then the size of the update where it is clipped, then changes the weights. */
final class AdafactorUpdate implements ParameterUpdate {
  private enum Phase { GATHER, MEASURE, CHANGE }

  private final Adafactor settings;
  private final Tensor weight;
  private final Tensor gradient;
  private final SecondMoment moment;
  private final List<Tensor> slots;
  private final List<Phase> phases;
  private final double[] sums;
  private UpdateStep step;
  private float updateScale;

  AdafactorUpdate(Adafactor settings, Tensor weight, Tensor gradient, SecondMoment moment, Slots memory) {
    this.settings = settings;
    this.weight = weight;
    this.gradient = gradient;
    this.moment = moment;
    List<Tensor> all = new ArrayList<>(moment.slots());
    if (settings.momentum()) {
      all.add(memory.make("momentum", 0));
    }
    this.slots = List.copyOf(all);
    this.phases = settings.clipping() ? List.of(Phase.values()) : List.of(Phase.GATHER, Phase.CHANGE);
    this.sums = new double[moment.pieces()];
  }

  @Override
  public List<Tensor> slots() {
    return slots;
  }

  @Override
  public int phases() {
    return phases.size();
  }

  @Override
  public int pieces() {
    return moment.pieces();
  }

  @Override
  public void begin(UpdateStep next) {
    step = next;
  }

  @Override
  public void run(int phase, int from, int to, Scratch scratch) {
    for (int piece = from; piece < to; piece++) {
      long end = moment.start(piece + 1);
      double sum = 0;
      for (long at = moment.start(piece); at < end; at += Scratch.TILE) {
        int count = (int) Math.min(Scratch.TILE, end - at);
        Scratch.load(gradient.data(), at, scratch.gradient, count, (float) step.gradientScale());
        switch (phases.get(phase)) {
          case GATHER -> sum += gather(piece, at, count, scratch);
          case MEASURE -> sum += measure(at, count, scratch);
          case CHANGE -> change(at, count, scratch);
        }
      }
      sums[piece] = sum;
    }
  }

  @Override
  public void end(int phase) {
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    double rootMeanSquare = Math.sqrt(sum / weight.shape().elements());
    switch (phases.get(phase)) {
      case GATHER -> {
        moment.finish(settings.decay(step.number()));
        double scale = settings.multiplyByParameterScale() ? Math.max(rootMeanSquare, settings.epsilon2()) : 1;
        updateScale = (float) (step.learningRate() * scale);
      }
      case MEASURE -> updateScale /= (float) Math.max(1, rootMeanSquare / settings.clippingThreshold());
      case CHANGE -> { }
    }
  }

  /** The sum of the squared weights of the tile. */
  private double gather(int piece, long at, int count, Scratch scratch) {
    moment.gather(piece, at, scratch.gradient, scratch.first, count, settings.decay(step.number()));
    if (!settings.multiplyByParameterScale()) {
      return 0;
    }
    Scratch.load(weight.data(), at, scratch.weight, count);
    return Scratch.sumOfSquares(scratch.weight, 0, count);
  }

  /** The sum of the squared updates of the tile, before their scale. */
  private double measure(long at, int count, Scratch scratch) {
    moment.factors(at, scratch.first, count);
    multiply(scratch.gradient, scratch.first, count, 1);
    return Scratch.sumOfSquares(scratch.gradient, 0, count);
  }

  private void change(long at, int count, Scratch scratch) {
    moment.factors(at, scratch.first, count);
    multiply(scratch.gradient, scratch.first, count, updateScale);
    if (settings.momentum()) {
      Tensor momentum = slots.getLast();
      Scratch.load(momentum.data(), at, scratch.second, count);
      average(scratch.gradient, scratch.second, count, (float) settings.beta1());
      Scratch.store(scratch.gradient, momentum.data(), at, count);
    }
    Scratch.load(weight.data(), at, scratch.weight, count);
    subtract(scratch.weight, scratch.gradient, count, 1 - settings.weightDecay(step.number()));
    Scratch.store(scratch.weight, weight.data(), at, count);
  }

  private static void multiply(float[] gradient, float[] factors, int count, float scale) {
    for (int i = 0; i < count; i++) {
      gradient[i] = scale * (gradient[i] * factors[i]);
    }
  }

  private static void average(float[] update, float[] momentum, int count, float keep) {
    float add = 1 - keep;
    for (int i = 0; i < count; i++) {
      update[i] = keep * momentum[i] + add * update[i];
    }
  }

  private static void subtract(float[] weight, float[] update, int count, float keep) {
    for (int i = 0; i < count; i++) {
      weight[i] = keep * weight[i] - update[i];
    }
  }
}
