package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.progress.ProgressListener;

class ProgressBarsTest {
  private final StringWriter shown = new StringWriter();

  @Test
  void whatTakesLongerThanOnesPatienceIsShownAndTakenAway() {
    try (ProgressBars bars = new ProgressBars(new PrintWriter(shown), Duration.ZERO)) {
      bars.progressed("loading weights", 25, 100);
      bars.progressed("loading weights", 50, 100);
      bars.progressed("loading weights", 100, 100);
    }
    assertThat(shown.toString()).contains("loading weights").contains("50/100").endsWith("\r" + " ".repeat(79) + "\r");
  }

  @Test
  void whatIsShorterIsNotShown() {
    try (ProgressBars bars = new ProgressBars(new PrintWriter(shown), Duration.ofHours(1))) {
      for (int i = 0; i <= 100; i++) {
        bars.progressed("loading weights", i, 100);
      }
    }
    assertThat(shown.toString()).isEmpty();
  }

  @Test
  void whereNobodyWatchesNothingIsShown() {
    ProgressListener progress = new Terminal(new PrintWriter(shown), new PrintWriter(shown), false).progress(false);
    progress.progressed("loading weights", 1, 2);
    assertThat(shown.toString()).isEmpty();
  }

  @Test
  void afterCtrlCTheNextSignOfProgressIsTheLast() {
    Terminal terminal = new Terminal(new PrintWriter(shown), new PrintWriter(shown), false);
    ProgressListener progress = terminal.progress(false);
    terminal.interruption().request();
    assertThatThrownBy(() -> progress.progressed("loading weights", 1, 2)).isInstanceOf(Interruption.StoppedException.class);
  }
}
