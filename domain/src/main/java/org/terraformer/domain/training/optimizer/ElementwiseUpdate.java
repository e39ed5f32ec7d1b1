package org.terraformer.domain.training.optimizer;

import java.util.List;
import org.terraformer.ports.tensor.Tensor;

/** Updates each weight by its own gradient and its own entry of at most two slots. */
final class ElementwiseUpdate implements ParameterUpdate {
  static final int PIECE = 16 * Scratch.TILE;

  /** Changes the weights and slots of a tile; the gradients are scaled already. */
  interface Rule {
    void apply(UpdateStep step, Scratch tile, int count);
  }

  private final Tensor weight;
  private final Tensor gradient;
  private final List<Tensor> slots;
  private final Rule rule;
  private final long elements;
  private UpdateStep step;

  ElementwiseUpdate(Tensor weight, Tensor gradient, List<Tensor> slots, Rule rule) {
    this.weight = weight;
    this.gradient = gradient;
    this.slots = slots;
    this.rule = rule;
    this.elements = weight.shape().elements();
  }

  @Override
  public List<Tensor> slots() {
    return slots;
  }

  @Override
  public int phases() {
    return 1;
  }

  @Override
  public int pieces() {
    return Math.toIntExact((elements + PIECE - 1) / PIECE);
  }

  @Override
  public void begin(UpdateStep next) {
    step = next;
  }

  @Override
  public void run(int phase, int from, int to, Scratch scratch) {
    float scale = (float) step.gradientScale();
    long end = Math.min((long) to * PIECE, elements);
    for (long at = (long) from * PIECE; at < end; at += Scratch.TILE) {
      int count = (int) Math.min(Scratch.TILE, end - at);
      Scratch.load(weight.data(), at, scratch.weight, count);
      Scratch.load(gradient.data(), at, scratch.gradient, count, scale);
      for (int slot = 0; slot < slots.size(); slot++) {
        Scratch.load(slots.get(slot).data(), at, slot == 0 ? scratch.first : scratch.second, count);
      }
      rule.apply(step, scratch, count);
      Scratch.store(scratch.weight, weight.data(), at, count);
      for (int slot = 0; slot < slots.size(); slot++) {
        Scratch.store(slot == 0 ? scratch.first : scratch.second, slots.get(slot).data(), at, count);
      }
    }
  }

  @Override
  public void end(int phase) {
    // Every piece has already written what it found.
  }
}
