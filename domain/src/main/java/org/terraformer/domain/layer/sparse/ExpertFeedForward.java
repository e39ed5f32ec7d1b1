package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.recording.Recorder;

/**
 * What the block-sparse and the switch feed-forward layers share: one expert for each token.
 *
 * @param scaled whether the pre-activations are multiplied by the router's probability
 */
record ExpertFeedForward(int width, int hiddenSize, int experts, boolean scaled) implements Layer {

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
    Value chosen = recorder.apply(new BlockArgmax(), logits);
    Value input = recorder.matrix("input.weight", 1, experts, size, width);
    Value hidden = recorder.apply(new SelectedRowsDot(), x, input, chosen);
    if (scaled) {
      hidden = recorder.apply(new Multiply(), hidden, recorder.apply(new BlockSoftmaxAt(), logits, chosen));
    }
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), hidden);
    Value output = recorder.matrix("output.weight", 1, experts, size, width);
    return recorder.apply(new SelectedRowsSum(true), active, output, chosen, recorder.vector("output.bias", width));
  }
}
