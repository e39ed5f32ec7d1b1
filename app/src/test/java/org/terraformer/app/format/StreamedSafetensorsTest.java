package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class StreamedSafetensorsTest {
  private static final Tensor SMALL = Tensor.of("small", Shape.of(3), new float[] {1, 2, 3});
  private static final Tensor LARGE = Tensor.of("large", Shape.of(4, 8), new float[32]);

  @TempDir
  private Path folder;

  private static WeightStream stream(List<Tensor> announced, Consumer<Consumer<Tensor>> made) {
    return new WeightStream() {
      @Override
      public List<TensorHeader> headers() {
        return announced.stream().map(tensor -> new TensorHeader(tensor.name(), tensor.dtype(), tensor.shape())).toList();
      }

      @Override
      public void forEach(Consumer<Tensor> sink) {
        made.accept(sink);
      }
    };
  }

  @Test
  void tensorsMayComeInAnyOrderAndLieOnBoundariesWhereTheyCan() {
    Path file = folder.resolve("model.safetensors");
    StreamedSafetensors.write(file, stream(List.of(SMALL, LARGE), sink -> {
      sink.accept(LARGE);
      sink.accept(SMALL);
    }), ProgressListener.NONE);
    try (Arena arena = Arena.ofConfined()) {
      NamedTensors read = SafetensorsFile.open(file, arena);
      assertThat(read.names()).containsExactly("large", "small");
      assertThat(read.find("small").orElseThrow().data().mismatch(SMALL.data())).isEqualTo(-1);
      assertThat(read.find("large").orElseThrow().dtype()).isEqualTo(DType.F32);
      assertThat(read.find("large").orElseThrow().data().address() % 64).isZero();
    }
  }

  @Test
  void aFailureLeavesAnOldFileAsItWasAndNothingElse() throws Exception {
    Path file = Files.writeString(folder.resolve("model.safetensors"), "old");
    assertThatThrownBy(() -> StreamedSafetensors.write(file, stream(List.of(SMALL, LARGE), sink -> {
      sink.accept(SMALL);
      throw InvalidInputException.of("The checkpoint is cut short.");
    }), ProgressListener.NONE)).isInstanceOf(InvalidInputException.class).hasMessage("The checkpoint is cut short.");
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatIsAnnouncedMustCome() {
    Path file = folder.resolve("model.safetensors");
    assertThatThrownBy(() -> StreamedSafetensors.write(file, stream(List.of(SMALL), sink -> { }), ProgressListener.NONE))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("small");
    assertThatThrownBy(() -> StreamedSafetensors.write(file, stream(List.of(SMALL), sink -> sink.accept(LARGE)), ProgressListener.NONE))
        .isInstanceOf(IllegalStateException.class).hasMessageContaining("large");
    assertThat(folder).isEmptyDirectory();
  }
}
