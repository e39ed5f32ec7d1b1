package org.terraformer.domain.layer.sparse;

import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.KeepIf;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.StraightThrough;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Recorder;

/**
 * How a choice of one unit in each block is learnt (section 3.1 of the paper). With p the softmax of the logits and g Gumbel noise, the choice is
 * {@code j = argmax(log p + temperature * g)}. A whole call is hard with probability q, and uses the one-hot vector of j with the gradient
 * of p; else it is soft, and uses p. The noise touches the choice alone.
 *
 * @param temperature scales the noise; 0 draws none
 * @param hardProbability q
 */
record LearnedChoice(double temperature, double hardProbability) {

  /**
   * @param p the softmax of each block
   * @param mask what the units are multiplied by: p, or one for the chosen unit and zero for the others
   * @param draw hard if below the hard probability; F32, one for the run
   */
  record Choice(Value p, Value mask, Value draw) {}

  Choice record(Recorder recorder, Value logits, Chance chance) {
    Value p = recorder.apply(new Softmax(false), logits);
    Value chosen = chosen(recorder, logits, temperature, chance);
    Value hard = recorder.apply(new StraightThrough(), p, chosen);
    Value draw = draw(recorder, chance);
    return new Choice(p, recorder.apply(new Add(), ifHard(recorder, hard, draw), ifSoft(recorder, p, draw)), draw);
  }

  /**
   * The choice alone, of calls that are all hard. It draws as {@link #record} does, so that what others draw after it is the
   * same.
   */
  Value choose(Recorder recorder, Value logits, Chance chance) {
    Value chosen = chosen(recorder, logits, temperature, chance);
    draw(recorder, chance);
    return chosen;
  }

  private static Value draw(Recorder recorder, Chance chance) {
    return chance.uniform(recorder, "select", Extent.FIXED, 0, 1);
  }

  /** The chosen element of each block: the largest, with noise where the temperature is not 0. */
  static Value chosen(Recorder recorder, Value logits, double temperature, Chance chance) {
    return temperature == 0 ? recorder.apply(new BlockArgmax(), logits) : chance.choice(recorder, "noise", logits, (float) temperature);
  }

  /** The value in a hard call, zero in a soft one. */
  Value ifHard(Recorder recorder, Value value, Value draw) {
    return recorder.apply(new KeepIf((float) hardProbability, true), value, draw);
  }

  /** The value in a soft call, zero in a hard one. */
  Value ifSoft(Recorder recorder, Value value, Value draw) {
    return recorder.apply(new KeepIf((float) hardProbability, false), value, draw);
  }
}
