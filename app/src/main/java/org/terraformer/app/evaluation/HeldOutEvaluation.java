package org.terraformer.app.evaluation;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BackendChoice;
import org.terraformer.app.library.Prepared;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.training.TrainingFolder;
import org.terraformer.app.training.TrainingPlan;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.ValidationScore;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;

/** How well a model does on what its training kept for validation. */
public final class HeldOutEvaluation {
  private HeldOutEvaluation() {}

  /**
   * @param training whose held-out examples are used
   * @param model usually the training's best
   * @param notes hears what the user should know about the backend
   * @throws InvalidInputException if the folder holds no training, its texts are gone, or the model can't be used
   */
  public static Map<String, Object> run(TrainingFolder training, ModelFolder model, CompositionRoot root, BackendChoice choice,
      Consumer<String> notes, ProgressListener progress) {
    LayerTypes types = root.layerTypes();
    TokenizerFiles tokenizer = training.keptTokenizer();
    try (Arena arena = Arena.ofShared()) {
      TrainingPlan plan = training.plan().endedBy(tokenizer.tokenizer());
      plan.checkFiles();
      training.checkTexts(plan);
      ModelConfig config = model.config();
      Program program = Models.record(config, types);
      WeightSource weights = model.weights(arena);
      WeightCheck.checkExact(program, weights);
      WeightCheck.checkFinite(program, weights, progress);
      TrainingConfig told = plan.config();
      int sequences = told.batch() / told.accumulation();
      ExecutionLimits limits = new ExecutionLimits(sequences, sequences * told.length(), told.length());
      Prepared prepared = Prepared.of(root, choice, backend -> program(config, types, told, backend), weights, limits, progress);
      prepared.note().ifPresent(notes);
      try (Executable executable = prepared.executable()) {
        Scorer scorer = new Scorer(executable, config.startId(), config.vocabularySize());
        return figures(plan.open(tokenizer, arena, progress).validate(scorer));
      }
    } finally {
      tokenizer.tokenizer().close();
    }
  }

  /** Chunked as the training is, but for a distant backend, which has no kernels for parts of rows; the figures are the same. */
  static Program program(ModelConfig config, LayerTypes types, TrainingConfig training, Backend backend) {
    return EvaluationProgram.record(config, types, training.memory().chunked() && !backend.distant());
  }

  private static Map<String, Object> figures(ValidationScore score) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("loss", score.loss());
    figures.put("perplexity", score.perplexity());
    score.bitsPerByte().ifPresent(bits -> figures.put("bits_per_byte", bits));
    figures.put("tokens", score.tokens());
    figures.put("accuracy", score.accuracy());
    score.sequenceAccuracy().ifPresent(share -> figures.put("sequence_accuracy", share));
    return figures;
  }
}
