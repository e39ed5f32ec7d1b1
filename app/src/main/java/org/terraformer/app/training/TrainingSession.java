package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.domain.training.Batch;
import org.terraformer.domain.training.StepReport;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingData;
import org.terraformer.domain.training.ValidationScore;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A training under way: steps, validations, samples and checkpoints, from where its folder says that it is. A checkpoint is the
 * state, written last and at once: whenever the program is ended, the training goes on from the last one and does the steps after
 * it again, bit for bit.
 */
public final class TrainingSession {
  private final PreparedTraining prepared;
  private final TrainingConfig config;
  private final TrainingFolder folder;
  private final TrainingData data;
  private final MetricsLog metrics;
  private final SampleLog samples;
  private TrainingState state = TrainingState.BEGIN;
  private long tokens;

  /**
   * Goes on where the checkpoint of a folder says, else begins.
   *
   * @param prepared is closed by whoever prepared it
   * @param folder was begun, and is locked as long as this training runs
   * @throws InvalidInputException if the checkpoint does not fit
   */
  public TrainingSession(PreparedTraining prepared, TrainingData data, TrainingFolder folder) {
    this.prepared = prepared;
    this.config = prepared.config();
    this.folder = folder;
    this.data = data;
    this.metrics = new MetricsLog(folder.metrics());
    this.samples = new SampleLog(folder.samples());
    if (Files.exists(folder.state())) {
      restore();
    }
    metrics.goBackTo(state.step());
    samples.goBackTo(state.step());
    tokens = metrics.tokens();
  }

  private void restore() {
    try (Arena mapped = Arena.ofConfined()) {
      WeightSource checkpoint = SafetensorsFile.open(folder.state(), mapped);
      prepared.restore(checkpoint);
      state = TrainingState.of(checkpoint);
    }
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
    return prepared.parameters();
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
      StepReport report = prepared.trainer().step(step, batch);
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
    prepared.weightsChanged();
    ValidationScore score = data.validate(prepared.scorer());
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
    figures.put("validation_accuracy", score.accuracy());
    score.sequenceAccuracy().ifPresent(share -> figures.put("validation_sequence_accuracy", share));
    metrics.add(figures);
    if (best) {
      state = new TrainingState(state.step(), score.loss());
      folder.write(folder.best(), config.trainedModel(), prepared.modelWeights());
    }
    observer.validated(state.step(), score, best);
    prepared.samples().ifPresent(sampling -> {
      String text = sampling.draw(state.step());
      samples.add(state.step(), text);
      observer.sampled(text);
    });
  }

  /** The state comes last: whoever finds it finds all that belongs to it. */
  private void save() {
    NamedTensors weights = prepared.finiteWeights();
    folder.write(folder.last(), config.trainedModel(), prepared.modelWeights());
    CurvePlot.write(folder.curves(), metrics.lines());
    folder.writeState(state.with(weights, prepared.trainer().slots()));
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
