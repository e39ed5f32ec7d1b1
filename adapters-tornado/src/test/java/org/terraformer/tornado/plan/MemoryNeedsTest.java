package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class MemoryNeedsTest {
  private static final ExecutionLimits LIMITS = new ExecutionLimits(1, 2, 4);

  @Test
  void weightsInputsAndResultsAreCounted() {
    // 64 x 32 bytes and a scale in F32 for each row; two rows of x and of y.
    assertThat(bytes(DType.Q8)).isEqualTo(64 * 32 + 64 * 4 + 4 * 2 * 32 + 4 * 2 * 64);
    assertThat(bytes(DType.BF16)).isEqualTo(2 * 64 * 32 + 4 * 2 * 32 + 4 * 2 * 64);
    assertThat(bytes(DType.F16)).isEqualTo(bytes(DType.BF16));
  }

  @Test
  void aValueThatIsTooLargeForAnArrayIsNamed() {
    assertThatThrownBy(() -> bytes(DType.F32, new ExecutionLimits(1, 1 << 26, 1 << 26))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The value x would have 2,147,483,648 elements on the device but may have at most 2,147,483,583.");
  }

  private static long bytes(DType dtype) {
    return bytes(dtype, LIMITS);
  }

  private static long bytes(DType dtype, ExecutionLimits limits) {
    Recorder recorder = new Recorder();
    recorder.apply(new Linear(false), recorder.input("x", DType.F32, Extent.ROW, 32), recorder.matrix("w", 64, 32));
    Program program = recorder.program();
    Tensor weight = Conversion.convert(Tensor.of("w", Shape.of(64, 32), new float[64 * 32]), dtype, Arena.ofAuto());
    return MemoryNeeds.bytes(program, new NamedTensors("weights", List.of(weight)), limits, new BufferPlan(program, limits));
  }
}
