package org.terraformer.tornado.task;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.tensor.DType;
import org.terraformer.tornado.RuntimeBackend;
import org.terraformer.tornado.task.RandomRuns.Length;

/** As {@link TaskPropertyTest}, on the first device of a TornadoVM runtime if Java was started with one. */
@Tag("tornado")
class TaskOnDeviceTest {
  private static Backend device;

  @BeforeAll
  static void runtime() {
    device = RuntimeBackend.orSkip();
  }

  static Set<String> kernels() {
    return new TreeSet<>(TaskCases.ALL.keySet());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aKernelComputesOnTheDeviceWhatTheOracleDoes(String kernel) {
    for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.F16, DType.Q8}) {
      TaskPropertyTest.compare(device, kernel, kernel.hashCode() + dtype.ordinal(), dtype.ordinal(), Length.SHORT);
    }
  }

  @Test
  void everyF16IsReadExactly() {
    TaskPropertyTest.compareHalves(device);
  }

  static List<String> lookingBack() {
    return TaskPropertyTest.LOOKING_BACK;
  }

  @ParameterizedTest
  @MethodSource("lookingBack")
  void aContextMayBeLongerThanAGroupHasThreads(String kernel) {
    // Of these some begin a run behind 239 positions, one behind 368.
    for (long seed : new long[] {27, 51}) {
      TaskPropertyTest.compare(device, kernel, seed, 0, Length.LONG);
    }
  }
}
