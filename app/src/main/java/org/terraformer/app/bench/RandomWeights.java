package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.terraformer.app.format.TensorHeader;
import org.terraformer.app.format.WeightStream;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Weights of a program, drawn evenly from [-a, a] with a = 1 / sqrt(width). Each matrix has a place of its own in one region of memory,
 * which the programs of a comparison share: they run in turns, and none reads a byte twice for a token. Vectors are ones.
 */
final class RandomWeights implements WeightSource {
  private static final long ALIGNMENT = 4096;
  private static final int PATTERN_BYTES = 1 << 26;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private RandomWeights() {}

  /** The bytes that a program's matrices need in the region. */
  static long bytes(Program program, DType dtype) {
    return program.weights().stream().mapToLong(weight -> bytes(weight, dtype)).sum();
  }

  private static long bytes(Value weight, DType dtype) {
    return weight.kind() == Value.Kind.MATRIX ? aligned(dtype.dataBytes(weight.shape())) + aligned(dtype.scaleBytes(weight.shape())) : 0;
  }

  /** A region filled with random elements of a type. */
  static MemorySegment region(long bytes, DType dtype, int width, SegmentAllocator memory) {
    MemorySegment region = memory.allocate(Math.max(bytes, ALIGNMENT), ALIGNMENT);
    byte[] pattern = pattern((int) Math.min(PATTERN_BYTES, region.byteSize()), dtype, width);
    LongStream.range(0, (region.byteSize() + pattern.length - 1) / pattern.length).parallel().map(piece -> piece * pattern.length).forEach(at ->
        MemorySegment.copy(pattern, 0, region, ValueLayout.JAVA_BYTE, at, (int) Math.min(pattern.length, region.byteSize() - at)));
    return region;
  }

  private static byte[] pattern(int bytes, DType dtype, int width) {
    SplittableRandom random = new SplittableRandom(1);
    MemorySegment pattern = MemorySegment.ofArray(new byte[bytes]);
    float amplitude = amplitude(width);
    long elementBytes = dtype.dataBytes(Shape.of(1));
    for (long i = 0; i < bytes / elementBytes; i++) {
      float value = (float) (2 * random.nextDouble() - 1);
      switch (dtype) {
        case F32 -> pattern.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, value * amplitude);
        case BF16 -> pattern.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i, BFloat16.fromFloat(value * amplitude));
        case F16 -> pattern.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i, Float.floatToFloat16(value * amplitude));
        default -> pattern.set(ValueLayout.JAVA_BYTE, i, (byte) Math.round(127 * value));
      }
    }
    return (byte[]) pattern.heapBase().orElseThrow();
  }

  private static float amplitude(int width) {
    return (float) (1 / Math.sqrt(width));
  }

  /** Tensors for a program in a region that {@link #region} filled with this type. */
  static RandomWeights of(Program program, DType dtype, int width, MemorySegment region, Arena arena) {
    RandomWeights weights = new RandomWeights();
    long at = 0;
    for (Value weight : program.weights()) {
      weights.tensors.put(weight.name(), tensor(weight, dtype, width, region.asSlice(at), arena));
      at += bytes(weight, dtype);
    }
    return weights;
  }

  /** The same tensors one after another, for a file: memory is needed for the largest alone. */
  static WeightStream stream(Program program, DType dtype, int width) {
    return new WeightStream() {
      @Override
      public List<TensorHeader> headers() {
        return program.weights().stream()
            .map(weight -> new TensorHeader(weight.name(), weight.kind() == Value.Kind.MATRIX ? dtype : DType.F32, weight.shape())).toList();
      }

      @Override
      public void forEach(Consumer<Tensor> sink) {
        try (Arena arena = Arena.ofShared()) {
          long largest = program.weights().stream().mapToLong(weight -> bytes(weight, dtype)).max().orElse(0);
          MemorySegment region = region(largest, dtype, width, arena);
          program.weights().forEach(weight -> sink.accept(tensor(weight, dtype, width, region, arena)));
        }
      }
    };
  }

  private static Tensor tensor(Value weight, DType dtype, int width, MemorySegment memory, Arena arena) {
    if (weight.kind() != Value.Kind.MATRIX) {
      MemorySegment ones = arena.allocate(DType.F32.dataBytes(weight.shape()), 64);
      for (long i = 0; i < weight.shape().elements(); i++) {
        ones.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1);
      }
      return new Tensor(weight.name(), DType.F32, weight.shape(), ones);
    }
    MemorySegment data = memory.asSlice(0, dtype.dataBytes(weight.shape()));
    MemorySegment scales = MemorySegment.NULL;
    if (dtype == DType.Q8) {
      scales = memory.asSlice(aligned(data.byteSize()), dtype.scaleBytes(weight.shape()));
      fill(scales, BFloat16.fromFloat(amplitude(width) / 127));
    }
    return new Tensor(weight.name(), dtype, weight.shape(), data, scales);
  }

  private static void fill(MemorySegment scales, short scale) {
    for (long i = 0; i < scales.byteSize() / 2; i++) {
      scales.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i, scale);
    }
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  @Override
  public String origin() {
    return "random weights";
  }

  @Override
  public List<String> names() {
    return new ArrayList<>(tensors.keySet());
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }
}
