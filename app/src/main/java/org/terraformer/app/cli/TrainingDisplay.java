package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import org.terraformer.app.training.TrainingObserver;
import org.terraformer.domain.training.StepReport;
import org.terraformer.domain.training.ValidationScore;

/** Shows how a training goes on: a bar where somebody watches, and lines about validations and samples. */
final class TrainingDisplay implements TrainingObserver, AutoCloseable {
  private static final double SMOOTHING = 0.95;

  private final PrintWriter terminal;
  private final boolean silent;
  private final BooleanSupplier interrupted;
  private final ProgressBars bars;
  private final int steps;
  private double loss = Double.NaN;

  /**
   * @param bars null where nobody watches
   */
  TrainingDisplay(PrintWriter terminal, boolean silent, BooleanSupplier interrupted, ProgressBars bars, int steps) {
    this.terminal = terminal;
    this.silent = silent;
    this.interrupted = interrupted;
    this.bars = bars;
    this.steps = steps;
  }

  @Override
  public boolean stepped(StepReport report, double tokensPerSecond) {
    loss = Double.isNaN(loss) ? report.loss() : SMOOTHING * loss + (1 - SMOOTHING) * report.loss();
    if (bars != null && report.number() < steps) {
      bars.progressed("training", report.number(), steps,
          "loss %.3f, perplexity %.1f, %,.0f tokens/s".formatted(loss, Math.exp(loss), tokensPerSecond));
    }
    return !interrupted.getAsBoolean();
  }

  @Override
  public void validated(long step, ValidationScore score, boolean best) {
    StringBuilder line = new StringBuilder(
        "step %,d: validation loss %.4f, perplexity %.3f".formatted(step, score.loss(), score.perplexity()));
    score.bitsPerByte().ifPresent(bits -> line.append(", %.4f bits per byte".formatted(bits)));
    score.sequenceAccuracy().ifPresent(share -> line.append(", %.2f %% of sequences right".formatted(100 * share)));
    say(line + (best ? ", the best so far" : ""));
  }

  @Override
  public void sampled(String text) {
    say("  " + text.strip().replaceAll("\\s*\\R\\s*", " / "));
  }

  private void say(String line) {
    if (!silent) {
      close();
      terminal.println(line);
    }
  }

  @Override
  public void close() {
    if (bars != null) {
      bars.close();
    }
  }
}
