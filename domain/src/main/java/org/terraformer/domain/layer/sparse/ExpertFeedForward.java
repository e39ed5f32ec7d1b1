package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.Softmax;
import org.terraformer.ports.operation.StopGradient;
import org.terraformer.ports.operation.StraightThrough;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Recorder;

/**
 * What the block-sparse and the switch feed-forward layers share: one expert for each token.
 *
 * @param scaled whether the pre-activations are multiplied by the router's probability
 * @param temperature of the noise with which experts are chosen in training
 */
record ExpertFeedForward(int width, int hiddenSize, int experts, boolean scaled, double temperature) implements Layer {
  private static final double HARD_PROBABILITY = 0.5;

  ExpertFeedForward {
    Modules.checkBlocks("number of experts", experts, hiddenSize);
  }

  /** The option {@code experts}, a divisor of the option {@code hidden_size}. */
  static int experts(Options options) {
    int hiddenSize = options.size("hidden_size");
    int experts = options.size("experts");
    if (hiddenSize % experts != 0) {
      throw options.wrong("experts", experts, "must divide the hidden size %d".formatted(hiddenSize));
    }
    return experts;
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    int size = hiddenSize / experts;
    Value logits = recorder.reshape(new Dense(experts, false).record(recorder.scope("router"), x), 1, experts);
    Factoring oneMatrix = new Factoring(1, hiddenSize, 1, width, 1);
    Value input = recorder.factored(recorder.matrix("input.weight", 1, experts, size, width), oneMatrix);
    Value output = recorder.factored(recorder.matrix("output.weight", 1, experts, size, width), oneMatrix);
    Value bias = recorder.vector("output.bias", width);
    return recorder.chance().map(chance -> learnt(recorder, x, logits, input, output, bias, chance))
        .orElseGet(() -> chosen(recorder, x, logits, input, output, bias));
  }

  private Value chosen(Recorder recorder, Value x, Value logits, Value input, Value output, Value bias) {
    Value chosen = recorder.apply(new BlockArgmax(), logits);
    Value hidden = recorder.apply(new SelectedRowsDot(), x, input, chosen);
    if (scaled) {
      hidden = recorder.apply(new Multiply(), hidden, recorder.apply(new BlockSoftmaxAt(), logits, chosen));
    }
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), hidden);
    return recorder.apply(new SelectedRowsSum(true), active, output, chosen, bias);
  }

  private Value learnt(Recorder recorder, Value x, Value logits, Value input, Value output, Value bias, Chance chance) {
    Value mask = scaled ? probabilityOfChosen(recorder, logits, chance)
        : new LearnedChoice(temperature, HARD_PROBABILITY).record(recorder, logits, chance).mask();
    Value all = recorder.apply(new Linear(false), x, input);
    Value masked = recorder.apply(new Multiply(), all, recorder.reshape(mask, experts));
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), masked);
    return DropoutLayer.hidden(recorder).record(recorder, recorder.apply(new LinearTransposed(true), active, output, bias));
  }

  /** The chosen expert's probability at its place, zero elsewhere; what is chosen has no gradient, its probability has. */
  private Value probabilityOfChosen(Recorder recorder, Value logits, Chance chance) {
    Value p = recorder.apply(new Softmax(false), logits);
    Value chosen = LearnedChoice.chosen(recorder, logits, temperature, chance);
    return recorder.apply(new Multiply(), p, recorder.apply(new StopGradient(), recorder.apply(new StraightThrough(), p, chosen)));
  }
}
