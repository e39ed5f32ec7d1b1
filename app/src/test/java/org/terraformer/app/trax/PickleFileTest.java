package org.terraformer.app.trax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** Arrays that are too large to keep are read from the pickle when they are wanted. */
class PickleFileTest {
  private static final int ELEMENTS = 2000;

  @TempDir
  private Path folder;

  private static void write(ByteArrayOutputStream out, String bytes) {
    out.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** As protocol 5 has it: {@code numpy._core.numeric._frombuffer(bytes, dtype, shape, 'C')}. */
  private static void array(ByteArrayOutputStream out, float first, int elements) {
    write(out, "cnumpy._core.numeric\n_frombuffer\n(\u0096");
    ByteBuffer data = ByteBuffer.allocate(8 + elements * 4).order(ByteOrder.LITTLE_ENDIAN).putLong(elements * 4L);
    for (int i = 0; i < elements; i++) {
      data.putFloat(first + i);
    }
    out.writeBytes(data.array());
    write(out, "cnumpy\ndtype\nU\u0002f4\u0085RM%c%c\u0085U\u0001CtR".formatted(elements & 0xFF, elements >> 8));
  }

  @Test
  void arraysAreFoundInWhateverOrderTheListNamesThem() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    write(pickle, "\u0080\u0005}(U\u0004stepK\u0005U\u0005slots](");
    array(pickle, 0, ELEMENTS);
    write(pickle, "q\u0000");
    array(pickle, 10_000, ELEMENTS);
    write(pickle, "q\u0001eU\u000cflat_weights](h\u0001h\u0000h\u0000");
    array(pickle, 20_000, 3);
    write(pickle, "eu.");
    TraxCheckpoint checkpoint = TraxCheckpoint.open(TraxFiles.writePacked(folder.resolve("model.pkl.gz"), pickle.toByteArray()));
    assertThat(checkpoint.step()).isEqualTo(5);
    assertThat(checkpoint.arrays().headers(ProgressListener.NONE))
        .extracting(TensorHeader::shape).containsExactly(Shape.of(ELEMENTS), Shape.of(ELEMENTS), Shape.of(ELEMENTS), Shape.of(3));
    for (int times = 0; times < 2; times++) {
      try (TraxArrays.Reading reading = checkpoint.arrays().read(); Arena arena = Arena.ofConfined()) {
        for (float first : List.of(10_000f, 0f, 0f, 20_000f)) {
          var tensor = reading.next(arena);
          assertThat(tensor.dtype()).isEqualTo(DType.F32);
          assertThat(Conversion.toFloats(tensor)).startsWith(first, first + 1, first + 2);
        }
      }
    }
  }
}
