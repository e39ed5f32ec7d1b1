package org.terraformer.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class TornadoBackendTest {
  private final TornadoBackend backend = new TornadoBackend(Map.of(), Optional.empty());

  @BeforeEach
  void withoutRuntime() {
    Assumptions.assumeFalse(TornadoRuntimeProbe.runtimePresent(), "Java was started with a TornadoVM runtime");
  }

  @Test
  void withoutRuntimeItSaysSoInOneSentence() {
    assertThat(backend.available()).isFalse();
    assertThat(backend.description()).startsWith("finds no TornadoVM runtime: ").doesNotContain("\n");
  }

  @Test
  void preparingWithoutRuntimeIsRefusedWithThatSentence() {
    assertThatThrownBy(() -> backend.prepare(new Recorder().program(), new NamedTensors("nothing", List.of()),
        new ExecutionLimits(1, 1, 1), ProgressListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("The backend tornado finds no TornadoVM runtime");
  }

  @Test
  void whatMemoryAModelNeedsIsKnownWithoutARuntime() {
    Recorder recorder = new Recorder();
    recorder.apply(new Linear(false), recorder.input("x", DType.F32, Extent.ROW, 32), recorder.matrix("w", 64, 32));
    NamedTensors weights = new NamedTensors("weights", List.of(Tensor.of("w", Shape.of(64, 32), new float[64 * 32])));
    // The matrix, which goes over to the device, and two rows of x and of the result.
    assertThat(backend.executableBytes(recorder.program(), weights, new ExecutionLimits(1, 2, 4)))
        .isEqualTo(4 * (64 * 32 + 2 * 32 + 2 * 64));
  }

  @Test
  void aRuntimeThatFailsToLoadBecomesASentence() {
    assertThat(TornadoRuntimeProbe.probe("org.terraformer.tornado.run.TornadoDevices").problem())
        .startsWith("finds a TornadoVM runtime that does not work: ").doesNotContain("\n");
  }
}
