package org.terraformer.domain.evaluation;

import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * A language model that is asked how well it predicts given tokens. Input beside the model's: {@code targets}, I32 for each kept
 * row. Outputs for each kept row: {@code loss}, the negative log-probability of the target in nats, and {@code prediction}, the
 * id of the largest logit.
 */
public final class EvaluationProgram {
  public static final String TARGETS = "targets";
  public static final String LOSS = "loss";
  public static final String PREDICTION = "prediction";

  private EvaluationProgram() {}

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException naming a mistake in a layer's options
   */
  public static Program record(ModelConfig config, LayerTypes types) {
    Recorder recorder = new Recorder();
    Value logits = Models.logits(config, types, recorder);
    Value targets = recorder.input(TARGETS, DType.I32, Extent.KEPT_ROW);
    recorder.output(LOSS, recorder.apply(new CrossEntropy(0), logits, targets));
    recorder.output(PREDICTION, recorder.apply(new BlockArgmax(), recorder.reshape(logits, 1, config.vocabularySize())));
    return recorder.program();
  }
}
