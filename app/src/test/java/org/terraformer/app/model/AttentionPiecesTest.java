package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.attention.ChunkedSelfAttention;
import org.terraformer.domain.layer.attention.FavorAttention;
import org.terraformer.domain.layer.attention.HeadProjections;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * Causal attention that is no product of all queries with all keys: what a row sees does not depend on how many rows are run
 * together.
 */
class AttentionPiecesTest {
  private static final int LENGTH = 19;
  private static final int WIDTH = 12;

  @Property(tries = 40)
  void chunkedAttentionRowByRowEqualsTheWhole(@ForAll long seed, @ForAll boolean shared, @ForAll boolean biased,
      @ForAll @IntRange(max = 6) int chunkLength, @ForAll @IntRange(max = 2) int before) {
    check(new ChunkedSelfAttention(new HeadProjections(WIDTH, 3, 5, 4, shared, biased), chunkLength, chunkLength == 0 ? 0 : before, 0,
        true, false), seed);
  }

  @Property(tries = 20)
  void causalFavorRowByRowEqualsTheWhole(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int heads) {
    check(new FavorAttention(WIDTH, heads, 0, true, false), seed);
  }

  private static void check(Layer layer, long seed) {
    Recorder recorder = new Recorder();
    recorder.output("y", layer.record(recorder, recorder.input("x", DType.F32, Extent.ROW, WIDTH)));
    Program program = recorder.program();
    float[] whole = run(new ScalarBackend(ScalarKernels.all(), true), program, seed, LENGTH);
    for (Backend backend : List.of(new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2))) {
      for (int piece : new int[] {1, 4, LENGTH}) {
        float[] pieces = run(backend, program, seed, piece);
        for (int i = 0; i < whole.length; i++) {
          assertThat((double) pieces[i]).as("%s in pieces of %d [%d]", backend.name(), piece, i)
              .isCloseTo(whole[i], org.assertj.core.data.Offset.offset(1e-4 * Math.max(1, Math.abs(whole[i]))));
        }
      }
    }
  }

  private static float[] run(Backend backend, Program program, long seed, int piece) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[LENGTH * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] all = new float[x.length];
    try (Executable executable = backend.prepare(program, new RandomModels(seed).weights(program, DType.F32),
        new ExecutionLimits(2, piece, LENGTH), ProgressListener.NONE)) {
      for (int start = 0; start < LENGTH; start += piece) {
        int length = Math.min(piece, LENGTH - start);
        executable.write(program.input("x"), Arrays.copyOfRange(x, start * WIDTH, (start + length) * WIDTH), length * WIDTH);
        executable.write(program.input(Recorder.POSITIONS), new int[] {start}, 1);
        executable.run(1, 1, length, length);
        float[] some = new float[length * WIDTH];
        executable.read(program.output("y"), some, some.length);
        System.arraycopy(some, 0, all, start * WIDTH, some.length);
      }
    }
    return all;
  }
}
