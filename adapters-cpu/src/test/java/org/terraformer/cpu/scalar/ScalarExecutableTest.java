package org.terraformer.cpu.scalar;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class ScalarExecutableTest {
  private final Recorder recorder = new Recorder();
  private final Value x = recorder.input("x", DType.F32, Extent.ROW, 3);
  private final Value y = recorder.apply(new Scale(2), x);

  @Test
  void aClosedExecutableRefusesEverythingAndMayBeClosedAgain() {
    Executable executable = prepare(ScalarKernels.all(), recorder.program(), new ExecutionLimits(1, 1, 1));
    executable.close();
    executable.close();
    assertClosed(() -> executable.write(x, new float[3], 3));
    assertClosed(() -> executable.run(0, 1, 1, 1));
    assertClosed(() -> executable.read(y, new float[3], 3));
    assertClosed(() -> executable.copySlot(0, 0, 1));
  }

  @Test
  void aValueOfMoreElementsThanAnArrayHoldsIsRefusedByName() {
    recorder.contextState("keys", 4096);
    assertThatThrownBy(() -> prepare(ScalarKernels.all(), recorder.program(), new ExecutionLimits(2, 1, 1 << 20)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The backend scalar holds at most 2147483639 elements of a value, which 2097152 of keys F32[4096] exceed.");
  }

  @Test
  void tooLittleMemoryIsASentenceThatTellsWhatIsNeeded() {
    Map<String, ScalarKernelFactory> kernels = new HashMap<>(ScalarKernels.all());
    kernels.put("scale", step -> {
      throw new OutOfMemoryError("Java heap space");
    });
    assertThatThrownBy(() -> prepare(kernels, recorder.program(), new ExecutionLimits(1, 5, 5))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The backend scalar needs 240 bytes of Java's heap for what the program computes and remembers: Java heap space.");
  }

  private static void assertClosed(Runnable use) {
    assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class).hasMessage("The executable is closed.");
  }

  private static Executable prepare(Map<String, ScalarKernelFactory> kernels, Program program, ExecutionLimits limits) {
    return new ScalarBackend(kernels).prepare(program, new NamedTensors("test", List.of()), limits, ProgressListener.NONE);
  }
}
