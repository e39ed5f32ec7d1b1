package org.terraformer.app.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/** Starts a program again and again and times how long its first output takes to come, and its end. */
public final class StartupBench {
  private final List<String> command;
  private final int runs;

  /**
   * @param command the program and its arguments
   * @throws InvalidInputException if the number of runs is not from 1 to 1000
   */
  public StartupBench(List<String> command, int runs) {
    if (runs < 1 || runs > 1000) {
      throw InvalidInputException.of("--runs is %d but must be from 1 to 1000.", runs);
    }
    this.command = List.copyOf(command);
    this.runs = runs;
  }

  /**
   * What the runs took.
   *
   * @param firstSeconds from the start of the process to the first byte of its output, the median
   * @param spread the range of the middle half of those times, as a part of the median
   * @param wholeSeconds to the end of the process, the median
   */
  public record Result(int runs, double firstSeconds, double spread, double wholeSeconds) {

    /** For scripts. */
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("runs", runs);
      map.put("first_token_ms", 1e3 * firstSeconds);
      map.put("spread", spread);
      map.put("whole_ms", 1e3 * wholeSeconds);
      return map;
    }

    /** In words. */
    public String text() {
      return String.format(Locale.ROOT, "first token after %.0f ms (± %.0f %%), end after %.0f ms; median of %d runs",
          1e3 * firstSeconds, 100 * spread, 1e3 * wholeSeconds, runs);
    }
  }

  /**
   * Runs once unmeasured, so that files are read and whatever is made at first use is there, then as often as asked for.
   *
   * @throws InvalidInputException if the program can't be started, fails, or writes nothing
   */
  public Result run(ProgressListener progress) {
    Timings first = new Timings(runs);
    Timings whole = new Timings(runs);
    for (int i = -1; i < runs; i++) {
      progress.progressed("starting", Math.max(0, i), runs);
      double[] times = once();
      if (i >= 0) {
        first.add(times[0]);
        whole.add(times[1]);
      }
    }
    progress.progressed("starting", runs, runs);
    return new Result(runs, first.median(), first.spread(), whole.median());
  }

  private double[] once() {
    long start = System.nanoTime();
    try {
      Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      try (InputStream out = process.getInputStream()) {
        int read = out.read();
        double first = (System.nanoTime() - start) / 1e9;
        out.transferTo(OutputStream.nullOutputStream());
        int code = process.waitFor();
        if (read < 0 || code != 0) {
          throw InvalidInputException.of("%s %s.", String.join(" ", command), read < 0 ? "wrote nothing" : "ended with exit code " + code);
        }
        return new double[] {first, (System.nanoTime() - start) / 1e9};
      }
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be started: %s.".formatted(command.getFirst(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InvalidInputException("The measurement was interrupted.", e);
    }
  }
}
