package org.terraformer.domain.training;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.InParts;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * A language model, its loss and the gradients of all its weights as one program. The loss of a run is {@code sum_t w_t * ce_t} with ce_t the
 * cross entropy of the prediction at row t; with {@code w_t} divided by their sum it is the reference's weighted loss.
 *
 * <p>Inputs beside those of the model: {@code targets} (I32) and {@code loss_weights} (F32) for each row, of a classifier for each sequence; the
 * runs must keep all rows. Output beside {@code logits}: {@code loss}, ce_t likewise.
 *
 * @param weights in the order in which they were recorded
 */
public record TrainingProgram(Program program, List<TrainedWeight> weights) {
  public static final String TARGETS = "targets";
  public static final String LOSS_WEIGHTS = "loss_weights";
  public static final String LOSS = "loss";

  public TrainingProgram {
    weights = List.copyOf(weights);
  }

  /**
   * Records the program, with memory saved as it is by default.
   *
   * @param recorder an empty one, for training or for evaluation
   * @param smoothing how much of the target distribution is spread evenly over the vocabulary
   * @throws org.terraformer.ports.failure.InvalidInputException naming a mistake in a layer's options, or an operation without a gradient
   */
  public static TrainingProgram record(ModelConfig config, LayerTypes types, Recorder recorder, double smoothing) {
    return record(config, types, recorder, smoothing, ActivationMemory.DEFAULT);
  }

  /**
   * As {@link #record(ModelConfig, LayerTypes, Recorder, double)}.
   *
   * @param memory how memory is saved; where the loss is chunked, logits are no output
   */
  public static TrainingProgram record(
      ModelConfig config, LayerTypes types, Recorder recorder, double smoothing, ActivationMemory memory) {
    Value loss = memory.chunked() ? chunkedLoss(config, types, recorder, smoothing) : loss(config, types, recorder, smoothing);
    Value lossWeights = recorder.input(LOSS_WEIGHTS, DType.F32, loss.extent());
    List<Value> weights = recorder.program().weights();
    Map<Value, Value> gradients = Gradients.record(recorder, Map.of(loss, lossWeights), weights, memory.recompute());
    gradients.forEach((weight, gradient) -> recorder.output("gradient." + weight.name(), gradient));
    recorder.output(LOSS, loss);
    return new TrainingProgram(FreshState.shared(recorder.program()), weights.stream().map(weight -> new TrainedWeight(weight,
        Optional.ofNullable(gradients.get(weight)), recorder.initialization(weight), recorder.factoring(weight))).toList());
  }

  private static Value loss(ModelConfig config, LayerTypes types, Recorder recorder, double smoothing) {
    Value logits = Models.logits(config, types, recorder);
    recorder.output(TransformerLm.LOGITS, logits);
    Value targets = recorder.input(TARGETS, DType.I32, logits.extent());
    return recorder.apply(new CrossEntropy((float) smoothing), logits, targets);
  }

  private static Value chunkedLoss(ModelConfig config, LayerTypes types, Recorder recorder, double smoothing) {
    CrossEntropy entropy = new CrossEntropy((float) smoothing);
    return Models.logits(config, InParts.of(types, TARGETS,
        (scope, logits, targets) -> List.of(scope.apply(entropy, logits, targets)), answers -> { }), recorder);
  }

  /** The gradients by the name of the weight; a weight that the loss does not depend on has none. */
  public Map<String, Value> gradients() {
    Map<String, Value> gradients = new HashMap<>();
    weights.forEach(weight -> weight.gradient().ifPresent(gradient -> gradients.put(weight.name(), gradient)));
    return gradients;
  }
}
