package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

@DisabledOnOs(OS.WINDOWS)
class StartupBenchTest {

  @Test
  void theFirstOutputComesBeforeTheEnd() {
    StartupBench.Result result = run(3, "sh", "-c", "echo a; echo b");
    assertThat(result.runs()).isEqualTo(3);
    assertThat(result.firstSeconds()).isPositive().isLessThanOrEqualTo(result.wholeSeconds());
    assertThat(result.toMap()).containsOnlyKeys("runs", "first_token_ms", "spread", "whole_ms");
    assertThat(result.text()).matches("first token after \\d+ ms \\(± \\d+ %\\), end after \\d+ ms; median of 3 runs");
  }

  @Test
  void aProgramThatFailsIsNamed() {
    assertThatThrownBy(() -> run(1, "sh", "-c", "echo a; exit 3")).isInstanceOf(InvalidInputException.class)
        .hasMessage("sh -c echo a; exit 3 ended with exit code 3.");
    assertThatThrownBy(() -> run(1, "true")).isInstanceOf(InvalidInputException.class).hasMessage("true wrote nothing.");
    assertThatThrownBy(() -> run(1, "/no/such/program")).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("/no/such/program can't be started: ");
  }

  @Test
  void theNumberOfRunsIsLimited() {
    assertThatThrownBy(() -> run(0, "true")).isInstanceOf(InvalidInputException.class).hasMessage("--runs is 0 but must be from 1 to 1000.");
  }

  private static StartupBench.Result run(int runs, String... command) {
    return new StartupBench(List.of(command), runs).run(ProgressListener.NONE);
  }
}
