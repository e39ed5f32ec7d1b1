package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** Matrices are read where they lie in a file, if they lie right; where they do not, the model is the same. */
class WeightsWhereTheyLieTest {
  private static final ModelConfig CONFIG = AlphabetModel.config();
  private static final Program PROGRAM = TransformerLm.record(CONFIG, new LayerTypes(BuiltInLayerTypes.all()));

  @TempDir
  private Path folder;

  private static Executable prepared(WeightSource weights) {
    return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 1)
        .prepare(PROGRAM, weights, new ExecutionLimits(1, 8, 8), ProgressListener.NONE);
  }

  private static float[] logits(Executable executable) {
    DecodingSession session = new DecodingSession(executable, 1);
    session.feed(0, new int[] {97, 32, 98, 32}, 1);
    float[] logits = new float[CONFIG.vocabularySize()];
    session.readLogits(logits, 1);
    return logits;
  }

  /** The alphabet model with its matrices in this type, in native memory. */
  private static NamedTensors weights(DType type, Arena arena) {
    WeightSource source = AlphabetModel.weights(arena);
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : PROGRAM.weights()) {
      Tensor tensor = source.find(weight.name()).orElseThrow();
      Tensor native32 = new Tensor(tensor.name(), tensor.dtype(), tensor.shape(),
          copied(tensor.data(), arena), copied(tensor.scales(), arena));
      tensors.add(Conversion.convert(native32, weight.kind() == Value.Kind.MATRIX ? type : DType.F32, arena));
    }
    return new NamedTensors("a test", tensors);
  }

  private static MemorySegment copied(MemorySegment segment, Arena arena) {
    return segment.byteSize() == 0 ? MemorySegment.NULL : arena.allocate(segment.byteSize(), 64).copyFrom(segment);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16", "F16", "Q8"})
  void matricesInNativeMemoryAreNotCopied(DType type) {
    try (Arena arena = Arena.ofShared()) {
      NamedTensors weights = weights(type, arena);
      try (Executable executable = prepared(weights)) {
        assertThat(logits(executable)).isNotEqualTo(new float[CONFIG.vocabularySize()]);
        for (Value weight : PROGRAM.weights()) {
          if (weight.kind() == Value.Kind.MATRIX) {
            weights.find(weight.name()).orElseThrow().data().fill((byte) 0);
          }
        }
        float[] logits = logits(executable);
        for (float logit : logits) {
          assertThat(logit).isEqualTo(logits[0]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16", "F16", "Q8"})
  void everyElementOfAFileOfOursLiesOnABoundaryOfItsSize(DType type) {
    try (Arena arena = Arena.ofShared()) {
      new ModelFolder(folder).write(CONFIG, weights(type, arena), ProgressListener.NONE);
      WeightSource read = new ModelFolder(folder).weights(arena);
      for (String name : read.names()) {
        Tensor tensor = read.find(name).orElseThrow();
        assertThat(tensor.data().isMapped()).isTrue();
        long element = tensor.dtype().dataBytes(Shape.of(1));
        long boundary = tensor.data().byteSize() % 64 == 0 ? 64 : element;
        assertThat(tensor.data().address() % boundary).as(name).isZero();
        assertThat(tensor.scales().byteSize() == 0 ? 0 : tensor.scales().address() % 2).as(name).isZero();
      }
    }
  }

  @Test
  void aFileOfAnotherWriterWhoseTensorsLieAnyhowIsTheSameModel() throws Exception {
    try (Arena arena = Arena.ofShared()) {
      NamedTensors weights = weights(DType.F32, arena);
      Path file = foreign(weights);
      NamedTensors read = SafetensorsFile.open(file, arena);
      assertThat(read.names().stream().map(name -> read.find(name).orElseThrow().data().address() % 4)).containsOnly(1L);
      try (Executable expected = prepared(weights); Executable executable = prepared(read)) {
        assertThat(logits(executable)).isEqualTo(logits(expected));
      }
    }
  }

  /** In order of names, after a header of an odd length that begins with much metadata. */
  private Path foreign(NamedTensors weights) throws IOException {
    StringBuilder header = new StringBuilder(
        "{\"__metadata__\":{\"format\":\"pt\",\"training\":\"%s\"}".formatted("x".repeat(10_000)));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (String name : new TreeSet<>(weights.names())) {
      Tensor tensor = weights.find(name).orElseThrow();
      int begin = data.size();
      data.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE));
      header.append(",\"%s\":{\"shape\":%s,\"data_offsets\":[%d,%d],\"dtype\":\"F32\"}"
          .formatted(name, tensor.shape(), begin, data.size()));
    }
    header.append("}");
    while (header.length() % 4 != 1) {
      header.append(' ');
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length());
    Path file = folder.resolve("foreign.safetensors");
    try (var out = Files.newOutputStream(file)) {
      out.write(length.array());
      out.write(header.toString().getBytes(StandardCharsets.UTF_8));
      out.write(data.toByteArray());
    }
    return file;
  }
}
