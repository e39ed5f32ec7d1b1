package org.terraformer.domain.evaluation;

import java.util.List;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.InParts;
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
    output(recorder, answers(recorder, logits, recorder.input(TARGETS, DType.I32, Extent.KEPT_ROW)));
    return recorder.program();
  }

  /**
   * As {@link #record(ModelConfig, LayerTypes)}.
   *
   * @param chunked whether feed-forward layers and logits are computed for one part of the rows after another
   */
  public static Program record(ModelConfig config, LayerTypes types, boolean chunked) {
    if (!chunked) {
      return record(config, types);
    }
    Recorder recorder = new Recorder();
    Models.logits(config,
        InParts.of(types, TARGETS, EvaluationProgram::answers, answers -> output(recorder, answers)), recorder);
    return recorder.program();
  }

  private static List<Value> answers(Recorder recorder, Value logits, Value targets) {
    return List.of(recorder.apply(new CrossEntropy(0), logits, targets),
        recorder.apply(new BlockArgmax(), recorder.reshape(logits, 1, logits.width())));
  }

  private static void output(Recorder recorder, List<Value> answers) {
    recorder.output(LOSS, answers.getFirst());
    recorder.output(PREDICTION, answers.get(1));
  }
}
