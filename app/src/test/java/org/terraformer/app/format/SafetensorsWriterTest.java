package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
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
  void theSameWeightsAreTheSameFileAndAFileWithQ8SaysHowItIsRead() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      Tensor q8 = Conversion.convert(LARGE, DType.Q8, arena);
      writer().write(stream(List.of(SMALL, q8), sink -> List.of(SMALL, q8).forEach(sink)), ProgressListener.NONE);
    }
    String file = new String(Files.readAllBytes(folder.resolve("model.safetensors")), StandardCharsets.ISO_8859_1);
    assertThat(file.substring(8)).startsWith("{\"__metadata__\":{\"format\":\"terraformer\","
        + "\"q8\":\"A weight is byte * scale: NAME[..., i] * NAME.q8_scale[..., i / 32].\"},"
        + "\"small\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]},"
        + "\"large.q8_scale\":{\"dtype\":\"BF16\",\"shape\":[4,1],\"data_offsets\":[12,20]},"
        + "\"large\":{\"dtype\":\"I8\",\"shape\":[4,8],\"data_offsets\":[20,52]}}");
  }

  @Test
  void halvesAreWrittenAsTheyAre() {
    try (Arena arena = Arena.ofConfined()) {
      Tensor halves = Conversion.convert(LARGE, DType.F16, arena);
      writer().write(stream(List.of(SMALL, halves), sink -> List.of(SMALL, halves).forEach(sink)), ProgressListener.NONE);
      Tensor read = SafetensorsFile.open(folder.resolve("model.safetensors"), arena).find("large").orElseThrow();
      assertThat(read.dtype()).isEqualTo(DType.F16);
      assertThat(read.data().mismatch(halves.data())).isEqualTo(-1);
    }
  }

  @Test
  void weightsThatEndTooEarlyLeaveNoFolderBehind() {
    Path model = folder.resolve("model");
    assertThatThrownBy(() -> new ModelFolder(model).write(ModelFolder.parse("file", CONFIG), stream(List.of(SMALL, LARGE), sink -> {
      sink.accept(SMALL);
      throw InvalidInputException.of("The checkpoint is cut short.");
    }), new ModelFolder.WriteOptions(Long.MAX_VALUE, false, Map.of()), ProgressListener.NONE))
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
