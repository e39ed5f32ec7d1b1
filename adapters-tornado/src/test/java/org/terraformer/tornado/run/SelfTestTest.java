package org.terraformer.tornado.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.tornado.plan.DeviceChoice;
import org.terraformer.tornado.plan.DeviceInfo;

class SelfTestTest {
  private static final DeviceInfo DEVICE = new DeviceInfo(new DeviceChoice(0, 0), "some", 1L << 30);

  @Test
  void aDeviceThatComputesRightlyPasses() {
    assertThatCode(() -> SelfTest.run(device(ScalarKernels.all()), DEVICE)).doesNotThrowAnyException();
  }

  @Test
  void aDeviceThatComputesWronglyIsRefusedByName() {
    Map<String, ScalarKernelFactory> wrong = new HashMap<>(ScalarKernels.all());
    wrong.put("selected_rows_dot", step -> (frame, operands, result) -> result.set(0, 7));
    assertThatThrownBy(() -> SelfTest.run(device(wrong), DEVICE)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The device 0:0 some computes wrongly: a self-test with weights of type F32 gave 7.0 instead of ");
  }

  private static SelfTest.Preparation device(Map<String, ScalarKernelFactory> kernels) {
    return (program, weights, limits) -> new ScalarBackend(kernels).prepare(program, weights, limits, ProgressListener.NONE);
  }
}
