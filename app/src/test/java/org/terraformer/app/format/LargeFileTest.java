package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

/** A file, and a tensor in it, that are larger than an array or a buffer of Java can be. */
class LargeFileTest {
  private static final int VOCABULARY = 540_000;
  private static final int WIDTH = 1000;

  @TempDir
  private Path folder;
  private SparseModel model;

  @BeforeEach
  void makeAModelWhoseLastTokenIsFollowedByTokenSeven() throws Exception {
    model = new SparseModel(folder, SparseModel.config(VOCABULARY, WIDTH));
    float[] ones = new float[WIDTH];
    Arrays.fill(ones, 1);
    model.set("final_norm.scale", 0, ones);
    model.set("embedding.weight", (long) VOCABULARY * WIDTH - 1, 3);
    model.set("logits.down.weight", WIDTH - 1, 1);
    model.set("logits.up.weight", 7, 1);
  }

  @Test
  void itsLastElementIsRead() throws Exception {
    assertThat(Files.size(model.file())).isGreaterThan(1L << 31);
    try (Arena arena = Arena.ofConfined()) {
      Tensor table = new ModelFolder(folder).weights(arena).find("embedding.weight").orElseThrow();
      assertThat(table.data().byteSize()).isGreaterThan(1L << 31);
      assertThat(table.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, table.data().byteSize() - 4)).isEqualTo(3);
    }
  }

  @Test
  void itsLastRowIsWhatTheModelIsFedWith() {
    ModelFolder model = new ModelFolder(folder);
    Program program = TransformerLm.record(model.config(), new LayerTypes(BuiltInLayerTypes.all()));
    Backend backend = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 1);
    try (Arena arena = Arena.ofShared();
        Executable executable = backend.prepare(program, model.weights(arena), new ExecutionLimits(1, 1, 1), ProgressListener.NONE)) {
      DecodingSession session = new DecodingSession(executable, 1);
      session.feed(0, new int[] {VOCABULARY - 1}, 1);
      float[] logits = new float[VOCABULARY];
      session.readLogits(logits, 1);
      assertThat(logits[7]).isPositive();
      assertThat(logits[8]).isZero();
    }
  }
}
