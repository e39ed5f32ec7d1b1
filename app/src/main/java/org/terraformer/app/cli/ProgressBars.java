package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.terraformer.ports.progress.ProgressListener;

/** Shows a bar on a terminal for what takes over a second, and takes it away when that is done. */
final class ProgressBars implements ProgressListener, AutoCloseable {
  private static final int WIDTH = 79;
  private static final long COUNTED_IN_MILLIONS = 10_000_000;

  private final Line line;
  private final Duration patience;
  private String task = "";
  private long since;
  private ProgressBar bar;

  ProgressBars(PrintWriter terminal, Duration patience) {
    this(terminal, patience, WIDTH);
  }

  /**
   * @param width columns of the line that the bar is drawn on
   */
  ProgressBars(PrintWriter terminal, Duration patience, int width) {
    this.line = new Line(terminal, width);
    this.patience = patience;
  }

  @Override
  public void progressed(String name, long done, long total) {
    progressed(name, done, total, "");
  }

  /** As {@link #progressed(String, long, long)}, with a word on how it goes. */
  void progressed(String name, long done, long total, String message) {
    if (!name.equals(task)) {
      close();
      task = name;
      since = System.nanoTime();
    }
    if (done >= total) {
      close();
      return;
    }
    if (bar == null && System.nanoTime() - since >= patience.toNanos()) {
      bar = start(name, done, total);
    }
    if (bar != null) {
      bar.setExtraMessage(message);
      bar.stepTo(done);
    }
  }

  private ProgressBar start(String name, long done, long total) {
    boolean large = total >= COUNTED_IN_MILLIONS;
    return ProgressBar.builder().setTaskName(name).setInitialMax(total)
        .startsFrom(done, Duration.ofNanos(System.nanoTime() - since))
        .setStyle(ProgressBarStyle.ASCII).setUnit(large ? " M" : "", large ? 1_000_000 : 1).setUpdateIntervalMillis(200)
        .setConsumer(line).build();
  }

  @Override
  public void close() {
    task = "";
    if (bar != null) {
      bar.close();
      bar = null;
      line.clear(); // the bar itself does not, if it ends before it was first drawn
    }
  }

  /** The line of the terminal that the bar is drawn on. */
  private record Line(PrintWriter terminal, int width) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return width;
    }

    @Override
    public void accept(String text) {
      terminal.print("\r" + text);
      terminal.flush();
    }

    @Override
    public void clear() {
      accept(" ".repeat(width) + "\r");
    }

    @Override
    public void close() {
      terminal.flush();
    }
  }
}
