package org.terraformer.app.training;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.training.Batch;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.StepReport;
import org.terraformer.domain.training.Trainer;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingData;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.domain.training.ValidationScore;
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
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;
import org.terraformer.ports.text.Tokenizer;

/**
 * A training under way: steps, validations, samples and checkpoints, from where its folder says that it is. A checkpoint is the
 * state, written last and at once: whenever the program is ended, the training goes on from the last one and does the steps after
 * it again, bit for bit.
 */
public final class TrainingSession implements AutoCloseable {
  private final TrainingConfig config;
  private final TrainingFolder folder;
  private final TrainingData data;
  private final MetricsLog metrics;
  private final Optional<Tokenizer> tokenizer;
  private final Arena arena = Arena.ofShared();
  private final List<Executable> executables = new ArrayList<>();
  private final TrainingProgram program;
  private final Program model;
  private final NamedTensors weights;
  private final Trainer trainer;
  private final Scorer scorer;
  private final Optional<DecodingSession> decoding;
  private TrainingState state = TrainingState.BEGIN;
  private long tokens;

  /**
   * Prepares a training, and restores it where the folder has a checkpoint.
   *
   * @param threads that update the weights
   * @throws InvalidInputException if the model can't be prepared or a checkpoint does not fit
   */
  public TrainingSession(TrainingConfig config, LayerTypes types, Backend backend, int threads, TrainingData data,
      Optional<Tokenizer> tokenizer, TrainingFolder folder, ProgressListener progress) {
    this.config = config;
    this.folder = folder;
    this.data = data;
    this.tokenizer = tokenizer;
    this.metrics = new MetricsLog(folder.metrics());
    try {
      ModelConfig modelConfig = config.model();
      program = TrainingProgram.record(modelConfig, types, Recorder.forTraining(new SeededChance(), config.dropout()),
          config.labelSmoothing(), config.memory());
      model = Models.record(modelConfig, types);
      weights = InitialWeights.draw(program, config.seed(), arena);
      int sequences = config.batch() / config.accumulation();
      ExecutionLimits limits = new ExecutionLimits(sequences, Math.multiplyExact(sequences, config.length()), config.length());
      Executable training = prepared(backend.prepare(program.program(), weights, limits, progress));
      trainer = new Trainer(program, training, weights, config.rule(), config.seed(), arena, new ThreadedWorkers(threads));
      Program evaluated = EvaluationProgram.record(modelConfig, types, config.memory().chunked());
      Executable evaluation = prepared(backend.prepare(evaluated, weights, limits, progress));
      scorer = new Scorer(evaluation, modelConfig.startId(), modelConfig.vocabularySize());
      decoding = config.samples().tokens() == 0 ? Optional.empty() : Optional.of(decoding(backend, progress));
      folder.clean();
      if (Files.exists(folder.state())) {
        restore();
      }
      metrics.goBackTo(state.step());
      tokens = metrics.tokens();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private DecodingSession decoding(Backend backend, ProgressListener progress) {
    int context = Math.min(config.model().maxLength(), Math.max(256, config.samples().tokens() + config.length()));
    ExecutionLimits limits = DecodingSession.limits(model, 1, context, DType.F32);
    return new DecodingSession(prepared(backend.prepare(model, weights, limits, progress)), config.model().maxLength());
  }

  private Executable prepared(Executable executable) {
    executables.add(executable);
    return executable;
  }

  private void restore() {
    try (Arena mapped = Arena.ofConfined()) {
      WeightSource checkpoint = SafetensorsFile.open(folder.state(), mapped);
      WeightCheck.check(program.program(), checkpoint);
      state = TrainingState.of(checkpoint);
      trainer.restoreSlots(TrainingState.slots(checkpoint));
      for (String name : weights.names()) {
        MemorySegment saved = checkpoint.find(name).orElseThrow().data();
        weights.find(name).orElseThrow().data().copyFrom(saved);
      }
    }
    executables.forEach(Executable::weightsChanged);
  }

  /** The last step that was done. */
  public long step() {
    return state.step();
  }

  /** The least loss of a validation so far; infinite before the first. */
  public double bestLoss() {
    return state.bestLoss();
  }

  public long parameters() {
    return program.program().parameters();
  }

  /**
   * Trains to the last step, or until the observer wants no more; what was trained is saved.
   *
   * @return whether the last step was done
   * @throws InvalidInputException if the loss or a gradient is not a number; the checkpoint before stays
   */
  public boolean run(TrainingObserver observer) {
    Throughput throughput = new Throughput();
    MeanLoss mean = new MeanLoss();
    while (state.step() < config.steps()) {
      long step = state.step() + 1;
      throughput.begin();
      Batch batch = data.batch(step);
      StepReport report = trainer.step(step, batch);
      throughput.end(batch.rows());
      tokens += batch.rows();
      state = new TrainingState(step, state.bestLoss());
      mean.add(report.loss());
      boolean goOn = observer.stepped(report, throughput.tokensPerSecond());
      boolean due = step % config.validation().interval() == 0 || step == config.steps();
      if (step % config.logInterval() == 0 || due || !goOn) {
        log(report, mean.take(), throughput.tokensPerSecond());
      }
      if (due) {
        validate(observer);
      }
      if (due || !goOn) {
        save();
      }
      if (!goOn) {
        return step == config.steps();
      }
    }
    return true;
  }

  private void log(StepReport report, double loss, double tokensPerSecond) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("step", report.number());
    figures.put("tokens", tokens);
    figures.put("loss", loss);
    figures.put("perplexity", Math.exp(loss));
    figures.put("gradient_norm", report.gradientNorm());
    figures.put("learning_rate", report.learningRate());
    figures.put("tokens_per_second", tokensPerSecond);
    metrics.add(figures);
  }

  private void validate(TrainingObserver observer) {
    executables.forEach(Executable::weightsChanged);
    ValidationScore score = data.validate(scorer);
    if (!Double.isFinite(score.loss())) {
      throw InvalidInputException.of(
          "The loss of the validation after step %d is %s, so the training can't go on; the checkpoint before stays.",
          state.step(), score.loss());
    }
    boolean best = score.loss() < state.bestLoss();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("step", state.step());
    figures.put("validation_loss", score.loss());
    figures.put("validation_perplexity", score.perplexity());
    score.bitsPerByte().ifPresent(bits -> figures.put("validation_bits_per_byte", bits));
    score.sequenceAccuracy().ifPresent(share -> figures.put("validation_sequence_accuracy", share));
    metrics.add(figures);
    if (best) {
      state = new TrainingState(state.step(), score.loss());
      folder.write(folder.best(), config.model(), modelWeights());
    }
    observer.validated(state.step(), score, best);
    decoding.ifPresent(session -> sample(session, observer));
  }

  private void sample(DecodingSession session, TrainingObserver observer) {
    List<Integer> prompt = new ArrayList<>(List.of(config.model().startId()));
    tokenizer.ifPresent(known -> {
      for (int id : known.encode(config.samples().prompt())) {
        prompt.add(id);
      }
    });
    Set<Integer> ends = config.model().endId().isPresent() ? Set.of(config.model().endId().getAsInt()) : Set.of();
    Sampling sampling = new Sampling(config.samples().temperature(), 0, 1, 0, 1);
    GenerationRequest request =
        new GenerationRequest(prompt, config.samples().tokens(), sampling, ends, List.of(), state.step(), 1, false);
    var sample = new Generator(session, tokenizer).generate(request, TokenListener.NONE).getFirst();
    String text = config.samples().prompt() + tokenizer.map(known -> sample.text()).orElse(sample.ids().toString());
    try {
      Files.writeString(folder.samples(), "step %d: %s%n%n".formatted(state.step(), text),
          StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(folder.samples(), Reason.of(e)), e);
    }
    observer.sampled(text);
  }

  /** The state comes last: whoever finds it finds all that belongs to it. */
  private void save() {
    WeightCheck.checkFinite(program.program(), weights);
    folder.write(folder.last(), config.model(), modelWeights());
    CurvePlot.write(folder.curves(), metrics.lines());
    folder.writeState(state.with(weights, trainer.slots()));
  }

  /** The weights of the model alone; some layers train with others beside. */
  private NamedTensors modelWeights() {
    List<Tensor> tensors = model.weights().stream().map(weight -> weights.find(weight.name()).orElseThrow()).toList();
    return new NamedTensors(weights.origin(), tensors);
  }

  @Override
  public void close() {
    executables.forEach(Executable::close);
    arena.close();
  }

  /** The mean of the losses since the last line of the metrics. */
  private static final class MeanLoss {
    private double sum;
    private int count;

    private void add(double loss) {
      sum += loss;
      count++;
    }

    private double take() {
      double mean = sum / count;
      sum = 0;
      count = 0;
      return mean;
    }
  }

  /** Tokens per second of the steps alone, the latest counting most. */
  private static final class Throughput {
    private static final double KEPT = 0.9;

    private long start;
    private double seconds;
    private double tokens;

    private void begin() {
      start = System.nanoTime();
    }

    private void end(long more) {
      seconds = KEPT * seconds + (System.nanoTime() - start) / 1e9;
      tokens = KEPT * tokens + more;
    }

    private double tokensPerSecond() {
      return tokens / seconds;
    }
  }
}
