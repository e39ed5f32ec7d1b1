package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.StopGradient;
import org.terraformer.ports.operation.StraightThroughAt;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Initialization;
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
 * @param temperature of the noise with which units are chosen in training
 * @param hardProbability how often a call in training uses one unit of each block, and not all of them weighted
 * @param dropout of the output, in training; 0 for that of the model
 * @param kernelScaling whether training begins with output weights that are sqrt(N) times as large, so that one active unit in N
 *     gives an output as large as that of a dense layer
 * @param sparseCompute whether training computes the chosen units alone, which is all that a hard call needs; then every call is
 *     hard
 */
public record SparseFeedForward(int width, int hiddenSize, int blockSize, int lowRank, boolean multiplyByController, double temperature,
    double hardProbability, double dropout, boolean kernelScaling, boolean sparseCompute) implements Layer {
  /** The name in configurations. */
  public static final String NAME = "sparse";

  /** The option that makes training compute the chosen units alone. */
  public static final String SPARSE_COMPUTE = "sparse_compute";

  private static final double TEMPERATURE = 0.1;
  private static final double HARD_PROBABILITY = 0.3;

  /**
   * Options: {@code hidden_size}, {@code block_size}, {@code low_rank} (hidden size / block size), {@code multiply_by_controller} (false);
   * for training {@code temperature} (0.1), {@code hard_probability} (0.3), {@code dropout} (0), {@code kernel_scaling} (false),
   * {@code sparse_compute} (false), with which {@code hard_probability} is 1.
   */
  public static final LayerType TYPE = LayerType.of(LayerRole.FEED_FORWARD, NAME, (options, context) -> {
    int hiddenSize = options.size("hidden_size");
    int blockSize = options.size("block_size");
    if (hiddenSize % blockSize != 0) {
      throw options.wrong("block_size", blockSize, "must divide the hidden size %d".formatted(hiddenSize));
    }
    boolean sparseCompute = options.flag(SPARSE_COMPUTE, false);
    double hardProbability = options.number("hard_probability", 0, 1, sparseCompute ? 1 : HARD_PROBABILITY);
    if (sparseCompute && hardProbability != 1) {
      throw options.wrong(
          "hard_probability", hardProbability, "must be 1 with sparse_compute, which computes the chosen units alone");
    }
    return new SparseFeedForward(context.width(), hiddenSize, blockSize, options.size("low_rank", hiddenSize / blockSize),
        options.flag("multiply_by_controller", false), options.number("temperature", 0, 1000, TEMPERATURE), hardProbability,
        options.number("dropout", 0, 0.999, 0), options.flag("kernel_scaling", false), sparseCompute);
  });

  /** A layer with the reference's settings for training and no dropout. */
  public SparseFeedForward(int width, int hiddenSize, int blockSize, int lowRank, boolean multiplyByController) {
    this(width, hiddenSize, blockSize, lowRank, multiplyByController, TEMPERATURE, HARD_PROBABILITY, 0, false, false);
  }

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
    Value logits = recorder.reshape(scores(recorder.scope("controller.up"), low), blocks, blockSize);
    Value input = recorder.factored(recorder.matrix("input.weight", blocks, blockSize, 1, width), blocksByUnits(width));
    Value output = recorder.factored(recorder.matrix("output.weight", outputInitialization(), blocks, blockSize, 1, width),
        new Factoring(1, blocks, blockSize, width, 1));
    Value bias = recorder.vector("output.bias", width);
    return recorder.chance().map(chance -> sparseCompute ? learntOfChosen(recorder, x, logits, input, output, bias, chance)
        : learnt(recorder, x, logits, input, output, bias, chance))
        .orElseGet(() -> chosen(recorder, x, logits, input, output, bias));
  }

  private Value scores(Recorder recorder, Value low) {
    Value weight = recorder.factored(recorder.matrix("weight", hiddenSize, lowRank), blocksByUnits(lowRank));
    Value bias = recorder.factored(recorder.vector("bias", hiddenSize), blocksByUnits(1));
    return recorder.apply(new Linear(true), low, weight, bias);
  }

  /** The reference stores [inputs, blocks, N], and its optimizer takes the last two axes. */
  private Factoring blocksByUnits(int inputs) {
    return new Factoring(1, hiddenSize / blockSize, 1, blockSize, inputs);
  }

  private Initialization outputInitialization() {
    double bound = Math.sqrt(6.0 / (hiddenSize + width));
    return new Initialization.Uniform(kernelScaling ? bound * Math.sqrt(blockSize) : bound);
  }

  private Value chosen(Recorder recorder, Value x, Value logits, Value input, Value output, Value bias) {
    Value chosen = recorder.apply(new BlockArgmax(), logits);
    Value active = recorder.apply(
        new Activation(ActivationFunction.RELU), recorder.apply(new SelectedRowsDot(), x, input, chosen));
    if (multiplyByController) {
      active = recorder.apply(new Multiply(), active, recorder.apply(new BlockSoftmaxAt(), logits, chosen));
    }
    return recorder.apply(new SelectedRowsSum(true), active, output, chosen, bias);
  }

  /** All units, masked before the ReLU: so the controller learns from those that are not chosen, too. */
  private Value learnt(Recorder recorder, Value x, Value logits, Value input, Value output, Value bias, Chance chance) {
    LearnedChoice learned = new LearnedChoice(temperature, hardProbability);
    LearnedChoice.Choice choice = learned.record(recorder, logits, chance);
    Value all = recorder.reshape(recorder.apply(new Linear(false), x, input), hiddenSize / blockSize, blockSize);
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), recorder.apply(new Multiply(), all, choice.mask()));
    if (multiplyByController) {
      Value scaled = recorder.apply(new Multiply(), active, recorder.apply(new StopGradient(), choice.p()));
      active = recorder.apply(new Add(), learned.ifHard(recorder, scaled, choice.draw()), learned.ifSoft(recorder, active, choice.draw()));
    }
    Value y = recorder.apply(new LinearTransposed(true), recorder.reshape(active, hiddenSize), output, bias);
    return dropout(recorder).record(recorder, y);
  }

  /** The reference's layer sees all rows of a batch as one sequence, so that what is shared over time is shared by all of them. */
  private DropoutLayer dropout(Recorder recorder) {
    if (dropout > 0) {
      return new DropoutLayer(dropout, Extent.FIXED);
    }
    return new DropoutLayer(recorder.dropout().hidden(), recorder.dropout().sharedOverTime() ? Extent.FIXED : Extent.ROW);
  }

  /**
   * As {@link #learnt} with hard calls, of the chosen units alone. In a hard call a unit that is not chosen is 0 before the ReLU
   * and so passes no gradient: not to its weights, and not to its probability. What is left for the controller is the gradient of
   * the chosen unit's probability, which the unit is multiplied by as if it were one.
   */
  private Value learntOfChosen(Recorder recorder, Value x, Value logits, Value input, Value output, Value bias, Chance chance) {
    Value chosen = new LearnedChoice(temperature, hardProbability).choose(recorder, logits, chance);
    Value unit = recorder.apply(new SelectedRowsDot(), x, input, chosen);
    Value masked = recorder.apply(new StraightThroughAt(), unit, logits, chosen);
    Value active = recorder.apply(new Activation(ActivationFunction.RELU), masked);
    if (multiplyByController) {
      Value p = recorder.apply(new BlockSoftmaxAt(), logits, chosen);
      active = recorder.apply(new Multiply(), active, recorder.apply(new StopGradient(), p));
    }
    Value y = recorder.apply(new SelectedRowsSum(true, !multiplyByController), active, output, chosen, bias);
    return dropout(recorder).record(recorder, y);
  }
}
