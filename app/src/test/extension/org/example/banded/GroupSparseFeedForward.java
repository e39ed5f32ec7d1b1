package org.example.banded;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.recording.Recorder;

/**
 * A feed-forward layer in which of each block of N groups of G hidden units one group is active: the sparse feed-forward layer where an
 * active row is followed by its neighbours. Composed of operations that the library has, so it runs wherever they do.
 *
 * @param hiddenSize a multiple of {@code blockSize * groupSize}
 * @param blockSize groups of which one is active
 * @param groupSize hidden units that are active together
 */
record GroupSparseFeedForward(int width, int hiddenSize, int blockSize, int groupSize) implements Layer {
  static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "group_sparse", (options, context) -> {
    int hiddenSize = options.size("hidden_size");
    int blockSize = options.size("block_size");
    int groupSize = options.size("group_size");
    if (hiddenSize % ((long) blockSize * groupSize) != 0) {
      throw options.wrong("hidden_size", hiddenSize, "must be a multiple of %d x %d".formatted(blockSize, groupSize));
    }
    return new GroupSparseFeedForward(context.width(), hiddenSize, blockSize, groupSize);
  });

  @Override
  public Value record(Recorder recorder, Value x) {
    int blocks = hiddenSize / (blockSize * groupSize);
    Value scores = new Dense(blocks * blockSize).record(recorder.scope("controller"), x);
    Value chosen = recorder.apply(new BlockArgmax(), recorder.reshape(scores, blocks, blockSize));
    Value input = recorder.matrix("input.weight", blocks, blockSize, groupSize, width);
    Value hidden = recorder.apply(new SelectedRowsDot(), x, input, chosen);
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), hidden);
    Value output = recorder.matrix("output.weight", blocks, blockSize, groupSize, width);
    return recorder.apply(new SelectedRowsSum(true), active, output, chosen, recorder.vector("output.bias", width));
  }
}
