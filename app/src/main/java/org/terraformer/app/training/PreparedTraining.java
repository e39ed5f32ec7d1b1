package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.Trainer;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;
import org.terraformer.ports.text.Tokenizer;

/**
 * All that a training needs beside its texts and its folder: the programs that train, validate and draw samples, and the first
 * weights. Preparing it finds whatever can't be trained, and writes nothing.
 */
public final class PreparedTraining implements AutoCloseable {
  private final TrainingConfig config;
  private final Arena arena = Arena.ofShared();
  private final List<Executable> executables = new ArrayList<>();
  private final TrainingProgram program;
  private final Program model;
  private final NamedTensors weights;
  private final Trainer trainer;
  private final Scorer scorer;
  private final Optional<SampleText> samples;

  /**
   * @param threads that update the weights
   * @param tokenizer empty where examples are made, not read
   * @throws InvalidInputException naming what can't be trained
   */
  public PreparedTraining(TrainingConfig config, LayerTypes types, Backend backend, int threads, Optional<Tokenizer> tokenizer,
      ProgressListener progress) {
    this.config = config;
    try {
      ModelConfig modelConfig = config.model();
      Optional<SamplePrompt> prompt = config.samples().tokens() == 0 ? Optional.empty()
          : Optional.of(SamplePrompt.of(modelConfig, config.samples(), tokenizer));
      program = TrainingProgram.record(modelConfig, types, Recorder.forTraining(new SeededChance(), config.dropout()),
          config.labelSmoothing(), config.memory());
      model = Models.record(modelConfig, types);
      weights = InitialWeights.draw(program, config.seed(), backend.memory(arena));
      int sequences = config.batch() / config.accumulation();
      ExecutionLimits limits = new ExecutionLimits(sequences, sequences * config.length(), config.length());
      Executable training = prepared(backend.prepare(program.program(), weights, limits, progress));
      trainer = new Trainer(program, training, weights, config.rule(), config.seed(), backend.memory(arena), new ThreadedWorkers(threads));
      Program evaluated = EvaluationProgram.record(modelConfig, types, config.memory().chunked());
      Executable evaluation = prepared(backend.prepare(evaluated, weights, limits, progress));
      scorer = new Scorer(evaluation, modelConfig.startId(), modelConfig.vocabularySize());
      samples = prompt.map(known -> new SampleText(known, new DecodingSession(
          prepared(backend.prepare(model, weights, known.limits(model), progress)), modelConfig.maxLength())));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Executable prepared(Executable executable) {
    executables.add(executable);
    return executable;
  }

  /**
   * Takes the weights and the optimizer's state from a checkpoint.
   *
   * @throws InvalidInputException if it does not fit
   */
  void restore(WeightSource checkpoint) {
    WeightCheck.check(program.program(), checkpoint);
    trainer.restoreSlots(TrainingState.slots(checkpoint));
    for (String name : weights.names()) {
      weights.find(name).orElseThrow().data().copyFrom(checkpoint.find(name).orElseThrow().data());
    }
    weightsChanged();
  }

  /**
   * Takes the weights of a model, as F32. What is trained beside them stays as it was drawn.
   *
   * @throws InvalidInputException naming a weight that one of them lacks, or that has another shape or a number that is not
   *     finite
   */
  public void startFrom(StartingModel from) {
    try (Arena mapped = Arena.ofConfined()) {
      WeightSource source = from.weights(mapped);
      WeightCheck.checkExact(model, source);
      WeightCheck.checkFinite(model, source);
      for (String name : source.names()) {
        try (Arena converted = Arena.ofConfined()) {
          Tensor tensor = Conversion.convert(source.find(name).orElseThrow(), DType.F32, converted);
          weights.find(name).orElseThrow().data().copyFrom(tensor.data());
        }
      }
    }
    weightsChanged();
  }

  /** All that a training needs that is to go on from its beginning. */
  NamedTensors beginning() {
    return TrainingState.BEGIN.with(weights, trainer.slots());
  }

  /** Lets all programs see the weights as they are now. */
  void weightsChanged() {
    executables.forEach(Executable::weightsChanged);
  }

  TrainingConfig config() {
    return config;
  }

  Trainer trainer() {
    return trainer;
  }

  Scorer scorer() {
    return scorer;
  }

  /** What draws samples, if some are wanted. */
  Optional<SampleText> samples() {
    return samples;
  }

  long parameters() {
    return program.program().parameters();
  }

  /**
   * All weights that are trained.
   *
   * @throws InvalidInputException if one is not a finite number
   */
  NamedTensors finiteWeights() {
    WeightCheck.checkFinite(program.program(), weights);
    return weights;
  }

  /** The weights of the model alone; some layers train with others beside. */
  NamedTensors modelWeights() {
    List<Tensor> tensors = model.weights().stream().map(weight -> weights.find(weight.name()).orElseThrow()).toList();
    return new NamedTensors(weights.origin(), tensors);
  }

  @Override
  public void close() {
    executables.forEach(Executable::close);
    arena.close();
  }
}
