package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
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
 * The sparse feed-forward layer of the paper (section 3.1): of each block of N hidden units a low-rank controller lets one be
 * active. With the controller's logits {@code c = C2 (C1 x) + b}, in blocks of N, and j the first largest of each block,
 * {@code y = sum_blocks relu(w1[block, j] . x) w2[block, j] + b2}. Only the active units' rows are read. The first matrix has no
 * bias.
 *
 * <p>Weights: {@code controller.down.weight} [rank, width], {@code controller.up.weight} [hidden, rank],
 * {@code controller.up.bias}, {@code input.weight} and {@code output.weight} [hidden / N, N, 1, width], {@code output.bias}
 * [width].
 *
 * @param hiddenSize d_ff, a multiple of the block size
 * @param blockSize the paper's N
 * @param lowRank the controller's rank
 * @param multiplyByController whether an active unit is multiplied by the probability that the controller gave it
 */
public record SparseFeedForward(int width, int hiddenSize, int blockSize, int lowRank, boolean multiplyByController)
    implements Layer {
  /**
   * Options: {@code hidden_size}, {@code block_size}, {@code low_rank} (hidden size / block size),
   * {@code multiply_by_controller} (false).
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, "sparse", (options, context) -> {
    int hiddenSize = options.size("hidden_size");
    int blockSize = options.size("block_size");
    if (hiddenSize % blockSize != 0) {
      throw options.wrong("block_size", blockSize, "must divide the hidden size %d".formatted(hiddenSize));
    }
    return new SparseFeedForward(context.width(), hiddenSize, blockSize, options.size("low_rank", hiddenSize / blockSize),
        options.flag("multiply_by_controller", false));
  });

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if the block size does not divide the hidden size
   */
  public SparseFeedForward {
    Modules.checkBlocks("block size", blockSize, hiddenSize);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    int blocks = hiddenSize / blockSize;
    Value low = new Dense(lowRank, false).record(recorder.scope("controller.down"), x);
    Value scores = new Dense(hiddenSize).record(recorder.scope("controller.up"), low);
    Value logits = recorder.reshape(scores, blocks, blockSize);
    Value chosen = recorder.apply(new BlockArgmax(), logits);
    Value input = recorder.matrix("input.weight", blocks, blockSize, 1, width);
    Value active = recorder.apply(
        new Activation(ActivationFunction.RELU), recorder.apply(new SelectedRowsDot(), x, input, chosen));
    if (multiplyByController) {
      active = recorder.apply(new Multiply(), active, recorder.apply(new BlockSoftmaxAt(), logits, chosen));
    }
    Value output = recorder.matrix("output.weight", blocks, blockSize, 1, width);
    return recorder.apply(new SelectedRowsSum(true), active, output, chosen, recorder.vector("output.bias", width));
  }
}
