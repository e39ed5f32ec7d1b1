package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.ActivationGradient;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.Multiply;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.operation.gradient.CrossEntropyGradient;
import org.terraformer.ports.operation.gradient.LayerNormGradient;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Every operation that says that it works in place does so in the kernels of this backend. */
class InPlaceTest {
  private static final int OPERATIONS = 9;

  @Property(tries = 200)
  void aResultInThePlaceOfItsOperandIsWhatItWouldBeApart(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int blocks,
      @ForAll @IntRange(min = 1, max = 40) int choices) {
    for (int operation = 0; operation < OPERATIONS; operation++) {
      Recorder recorder = new Recorder();
      int width = blocks * choices;
      Value x = recorder.apply(new Scale(0.5f), recorder.input("x", DType.F32, Extent.ROW, width));
      Value y = apply(operation, recorder, x, blocks, choices);
      recorder.output("y", y);
      MemoryPlan plan = new MemoryPlan(recorder.program(), new ExecutionLimits(1, 3, 8));
      assertThat(plan.offset(y)).isEqualTo(plan.offset(x));
      RandomRuns runs = new RandomRuns(recorder.program(), DType.F32, new SplittableRandom(seed));
      List<int[]> found = runs.on(new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
      List<int[]> expected = runs.on(new ScalarBackend(ScalarKernels.all()));
      for (int run = 0; run < expected.size(); run++) {
        for (int i = 0; i < expected.get(run).length; i++) {
          float value = Float.intBitsToFloat(expected.get(run)[i]);
          assertThat(Math.abs(Float.intBitsToFloat(found.get(run)[i]) - value)).as("%s at %d", recorder.program().steps(), i)
              .isLessThanOrEqualTo(1e-4f * Math.max(1, Math.abs(value)));
        }
      }
    }
  }

  private static Value apply(int operation, Recorder recorder, Value x, int blocks, int choices) {
    int width = blocks * choices;
    return switch (operation) {
      case 0 -> recorder.apply(new Add(), x, recorder.input("other", DType.F32, Extent.ROW, width));
      case 1 -> recorder.apply(new Multiply(), x, recorder.input("other", DType.F32, Extent.ROW, blocks));
      case 2 -> recorder.apply(new Scale(-3), x);
      case 3 -> recorder.apply(new Activation(ActivationFunction.RELU), x);
      case 4 -> recorder.apply(new Activation(ActivationFunction.TANH), x);
      case 5 -> recorder.apply(new ActivationGradient(ActivationFunction.RELU), x, recorder.input("other", DType.F32, Extent.ROW, width));
      case 6 -> recorder.apply(new CrossEntropyGradient(0.1f), x, recorder.input("targets", DType.I32, Extent.ROW, 1),
          recorder.input("other", DType.F32, Extent.ROW, 1));
      case 7 -> recorder.apply(new LayerNormGradient(true, 0.1f), x, recorder.vector("scale", width),
          recorder.input("other", DType.F32, Extent.ROW, width));
      default -> {
        Value shaped = recorder.apply(new Reshape(new long[] {blocks, choices}), x);
        yield recorder.apply(new BlockSoftmaxAtGradient(), shaped, recorder.apply(new BlockArgmax(), shaped),
            recorder.apply(new Activation(ActivationFunction.RELU), recorder.input("other", DType.F32, Extent.ROW, blocks)));
      }
    };
  }
}
