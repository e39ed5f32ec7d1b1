package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Gradients of the probabilities of chosen elements. */
class BlockSoftmaxGradientTest {
  private static final Backend CPU = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2);
  private static final int BLOCKS = 77;

  @ParameterizedTest
  @ValueSource(floats = {0, 1, 30, 1e4f, 1e38f})
  void gradientsAreThePlainKernelsHoweverFarLogitsAreApart(float apart) {
    Backend plain = new ScalarBackend(ScalarKernels.all());
    for (int choices = 1; choices <= 70; choices++) {
      assertThat(gradients(CPU, BLOCKS, choices, apart)).as("%d choices", choices)
          .usingComparatorWithPrecision(1e-5f).containsExactly(gradients(plain, BLOCKS, choices, apart));
    }
  }

  @Test
  void aBlocksGradientsAreTheSameWhateverBlocksFollow() {
    for (int choices = 1; choices <= 70; choices++) {
      float[] all = gradients(CPU, BLOCKS, choices, 1);
      for (int blocks : new int[] {1, 3, 7, 13, 64}) {
        assertThat(gradients(CPU, blocks, choices, 1)).as("%d of %d choices", blocks, choices).isEqualTo(Arrays.copyOf(all, blocks * choices));
      }
    }
  }

  private static float[] gradients(Backend backend, int blocks, int choices, float apart) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.FIXED, blocks, choices);
    Value chosen = recorder.input("chosen", DType.I32, Extent.FIXED, blocks);
    Value upstream = recorder.input("u", DType.F32, Extent.FIXED, blocks);
    Value gradients = recorder.apply(new BlockSoftmaxAtGradient(), x, chosen, upstream);
    recorder.output("gradients", gradients);
    float[] logits = new float[blocks * choices];
    int[] indices = new int[blocks];
    float[] factors = new float[blocks];
    SplittableRandom random = new SplittableRandom(choices);
    for (int block = 0; block < blocks; block++) {
      indices[block] = random.nextInt(choices);
      factors[block] = (float) random.nextDouble(-1, 1);
      for (int choice = 0; choice < choices; choice++) {
        logits[block * choices + choice] = apart * (float) random.nextDouble(-1, 1);
      }
    }
    try (Executable executable = backend.prepare(recorder.program(), new NamedTensors("test", List.of()), new ExecutionLimits(1, 1, 1),
        ProgressListener.NONE)) {
      executable.write(x, logits, logits.length);
      executable.write(chosen, indices, blocks);
      executable.write(upstream, factors, blocks);
      executable.run(0, 1, 1, 1);
      float[] result = new float[blocks * choices];
      executable.read(gradients, result, result.length);
      return result;
    }
  }
}
