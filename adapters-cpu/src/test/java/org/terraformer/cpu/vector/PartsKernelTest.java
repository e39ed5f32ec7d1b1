package org.terraformer.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class PartsKernelTest {
  private static final int ROWS = 40_000;
  private static final int WIDTH = 1 << 16;

  @Test
  void ofMoreElementsThanAnIntCountsEachIsComputedOnce() {
    List<long[]> ranges = new ArrayList<>();
    run(PartsKernel.elements(scaling(), (from, to) -> ranges.add(new long[] {from, to})));
    assertCovers(ranges, (long) ROWS * WIDTH);
  }

  @Test
  void ofMoreVectorsThanAnIntCountsEachIsComputedOnce() {
    List<long[]> ranges = new ArrayList<>();
    run(PartsKernel.vectors(scaling(), 1, 0, (frame, from, to, scratch) -> ranges.add(new long[] {from, to})));
    assertCovers(ranges, (long) ROWS * WIDTH);
  }

  private static Step scaling() {
    Recorder recorder = new Recorder();
    recorder.apply(new Scale(2), recorder.input("x", DType.F32, Extent.ROW, WIDTH));
    return recorder.program().steps().getFirst();
  }

  private static void run(CpuKernel kernel) {
    Frame frame = new Frame(new ExecutionLimits(1, ROWS, ROWS));
    frame.set(0, 1, ROWS, 1);
    for (int worker = 0; worker < 2; worker++) {
      kernel.run(0, frame, worker, 2);
    }
  }

  private static void assertCovers(List<long[]> ranges, long count) {
    long end = 0;
    for (long[] range : ranges) {
      assertThat(range[0]).isEqualTo(end);
      assertThat(range[1] - range[0]).isPositive().isLessThanOrEqualTo(Integer.MAX_VALUE);
      end = range[1];
    }
    assertThat(end).isEqualTo(count);
  }
}
