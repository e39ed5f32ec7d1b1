package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Help.Ansi;

/** Whom the program speaks to: results go to standard output, everything else to standard error. */
final class Terminal {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int WIDE = 120;
  private static final String NAME = "terraformer: ";

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean watched;
  private final Interruption interruption;

  /**
   * @param watched whether standard error is a terminal
   */
  Terminal(PrintWriter out, PrintWriter err, boolean watched, Interruption interruption) {
    this.out = out;
    this.err = err;
    this.watched = watched;
    this.interruption = interruption;
  }

  Terminal(PrintWriter out, PrintWriter err, boolean watched) {
    this(out, err, watched, new Interruption());
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  Interruption interruption() {
    return interruption;
  }

  /** Prints a sentence on standard error; its line breaks become spaces. */
  void say(String sentence) {
    boolean coloured = watched && System.getenv("NO_COLOR") == null;
    String name = coloured ? Ansi.ON.string("@|bold,red " + NAME + "|@") : NAME;
    err.println(name + sentence.replaceAll("\\R", " "));
  }

  /** Who shows a training. */
  TrainingDisplay training(boolean silent, int steps) {
    ProgressBars bars = watched && !silent ? new ProgressBars(err, PATIENCE, WIDE) : null;
    return new TrainingDisplay(err, silent, interruption::requested, bars, steps);
  }

  /**
   * Who hears of progress: stops work that is not done after Ctrl-C, and shows bars if somebody watches.
   *
   * @param silent whether bars are not wanted
   */
  ProgressListener progress(boolean silent) {
    interruption.attend();
    ProgressListener shown = watched && !silent ? new ProgressBars(err, PATIENCE) : ProgressListener.NONE;
    return (task, done, total) -> {
      boolean stop = done < total && interruption.requested();
      shown.progressed(task, stop ? total : done, total);
      if (stop) {
        throw new Interruption.StoppedException();
      }
    };
  }
}
