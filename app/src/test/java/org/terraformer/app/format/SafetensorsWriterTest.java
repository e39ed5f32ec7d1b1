package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class SafetensorsWriterTest {
  private static final Tensor SMALL = Tensor.of("small", Shape.of(3), new float[] {1, 2, 3});
  private static final Tensor LARGE = Tensor.of("large", Shape.of(4, 8), new float[32]);

  private static final byte[] CONFIG = """
      {"model_type": "transformer_lm", "vocabulary_size": 5, "width": 4, "blocks": 0, "max_length": 3,
       "attention": "dense", "feed_forward": "dense"}""".getBytes(StandardCharsets.UTF_8);

  @TempDir
  private Path folder;

  private static WeightStream stream(List<Tensor> announced, Consumer<Consumer<Tensor>> made) {
    return new WeightStream() {
      @Override
      public List<TensorHeader> headers() {
        return announced.stream().map(TensorHeader::of).toList();
      }

      @Override
      public void forEach(Consumer<Tensor> sink) {
        made.accept(sink);
      }
    };
  }

  @Test
  void tensorsMayComeInAnyOrderAndLieOnBoundariesWhereTheyCan() {
    writer().write(stream(List.of(SMALL, LARGE), sink -> {
      sink.accept(LARGE);
      sink.accept(SMALL);
    }), ProgressListener.NONE);
    try (Arena arena = Arena.ofConfined()) {
      NamedTensors read = SafetensorsFile.open(folder.resolve("model.safetensors"), arena);
      assertThat(read.names()).containsExactly("large", "small");
      assertThat(read.find("small").orElseThrow().data().mismatch(SMALL.data())).isEqualTo(-1);
      assertThat(read.find("large").orElseThrow().dtype()).isEqualTo(DType.F32);
      assertThat(read.find("large").orElseThrow().data().address() % 64).isZero();
    }
  }

  @Test
  void weightsThatEndTooEarlyLeaveNoFolderBehind() {
    Path model = folder.resolve("model");
    assertThatThrownBy(() -> new ModelFolder(model).write(ModelFolder.parse("file", CONFIG), stream(List.of(SMALL, LARGE), sink -> {
      sink.accept(SMALL);
      throw InvalidInputException.of("The checkpoint is cut short.");
    }), new ModelFolder.WriteOptions(Long.MAX_VALUE, false, List.of()), ProgressListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessage("The checkpoint is cut short.");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatIsAnnouncedMustCome() {
    assertThatThrownBy(() -> writer().write(stream(List.of(SMALL), sink -> { }), ProgressListener.NONE))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("small");
    assertThatThrownBy(() -> writer().write(stream(List.of(SMALL), sink -> sink.accept(LARGE)), ProgressListener.NONE))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("large");
  }

  private SafetensorsWriter writer() {
    return new SafetensorsWriter(folder, folder, Long.MAX_VALUE);
  }
}
