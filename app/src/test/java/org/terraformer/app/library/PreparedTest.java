package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** A backend that can run here, but not this program, as a device with too little memory. */
class PreparedTest {
  private static final CompositionRoot ROOT = Settings.DEFAULT.library();
  private static final Backend SMALL = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
      (proxy, method, arguments) -> switch (method.getName()) {
        case "name" -> "small";
        case "prepare" -> throw new InvalidInputException("The model is too large.");
        default -> method.invoke(ROOT.known("backend", "scalar"), arguments);
      });

  @Test
  void whatABackendCanNotPrepareIsPreparedByTheFallbackWhichIsTold() {
    Prepared prepared = prepare(Optional.of("scalar"));
    try (var executable = prepared.executable()) {
      assertThat(executable.limits().rows()).isEqualTo(1);
    }
    assertThat(prepared.backend().name()).isEqualTo("scalar");
    assertThat(prepared.note()).contains("The model is too large. Going on with the backend scalar.");
  }

  @Test
  void withoutAFallbackItIsRefused() {
    assertThatThrownBy(() -> prepare(Optional.empty())).isInstanceOf(BackendException.class).hasMessage("The model is too large.");
  }

  private static Prepared prepare(Optional<String> fallback) {
    return Prepared.of(ROOT, new BackendChoice(SMALL, Optional.empty(), fallback), backend -> program(),
        new NamedTensors("none", List.of()), new ExecutionLimits(1, 1, 1), ProgressListener.NONE);
  }

  private static Program program() {
    Recorder recorder = new Recorder();
    recorder.output("x", recorder.input("x", DType.F32, Extent.ROW, 2));
    return recorder.program();
  }
}
