package org.terraformer.ports.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Whether a source has the weights of a program. */
public final class WeightCheck {
  private static final int NAMED_AT_MOST = 3;
  private static final long PIECE = 1 << 20;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private WeightCheck() {}

  /**
   * Checks that every weight of the program is there, in its shape and in a type for weights.
   *
   * @throws InvalidInputException naming what is missing or wrong
   */
  public static void check(Program program, WeightSource weights) {
    List<String> missing = new ArrayList<>();
    for (Value weight : program.weights()) {
      Optional<Tensor> found = weights.find(weight.name());
      if (found.isEmpty()) {
        missing.add(weight.name());
        continue;
      }
      Tensor tensor = found.get();
      if (!tensor.shape().equals(weight.shape())) {
        throw InvalidInputException.of("The tensor %s of %s has shape %s but the model needs %s.",
            weight.name(), weights.origin(), tensor.shape(), weight.shape());
      }
      if (tensor.dtype() == DType.I32) {
        throw InvalidInputException.of("The tensor %s of %s has type I32 but a weight must be F32, F16, BF16 or Q8.",
            weight.name(), weights.origin());
      }
    }
    if (!missing.isEmpty()) {
      throw InvalidInputException.of("%s lacks %d of the model's %d tensors: %s.", weights.origin(), missing.size(),
          program.weights().size(), named(missing));
    }
  }

  /**
   * Checks as {@link #check} does, and that there is nothing else, which the model would silently ignore.
   *
   * @throws InvalidInputException naming what is missing, wrong or unknown
   */
  public static void checkExact(Program program, WeightSource weights) {
    check(program, weights);
    Set<String> known = program.weights().stream().map(Value::name).collect(Collectors.toSet());
    List<String> unknown = weights.names().stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw InvalidInputException.of("%s has tensors that the model does not know (%d): %s.",
          weights.origin(), unknown.size(), named(unknown));
    }
  }

  private static String named(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED_AT_MOST, names.size())))
        + (names.size() > NAMED_AT_MOST ? " and others" : "");
  }

  /** As {@link #checkFinite(Program, WeightSource, ProgressListener)}, without a listener. */
  public static void checkFinite(Program program, WeightSource weights) {
    checkFinite(program, weights, ProgressListener.NONE);
  }

  /**
   * Looks at every weight of the program for values that are not finite.
   *
   * @param progress hears of the bytes that were looked at
   * @throws InvalidInputException naming the first such tensor, index and value
   */
  public static void checkFinite(Program program, WeightSource weights, ProgressListener progress) {
    List<Tensor> tensors = program.weights().stream().flatMap(weight -> weights.find(weight.name()).stream()).toList();
    long total = tensors.stream().mapToLong(tensor -> tensor.dtype().bytes(tensor.shape())).sum();
    long done = 0;
    for (Tensor tensor : tensors) {
      MemorySegment exponents = tensor.dtype() == DType.Q8 ? tensor.scales() : tensor.data();
      for (long from = 0; from < exponents.byteSize(); from += PIECE) {
        long to = Math.min(exponents.byteSize(), from + PIECE);
        if (!finite(exponents, from, to, tensor.dtype())) {
          throw notFinite(tensor, weights.origin(), exponents, from);
        }
        progress.progressed("loading weights", done + to, total);
      }
      done += tensor.dtype().bytes(tensor.shape());
      progress.progressed("loading weights", done, total);
    }
  }

  /** The exponents of eight bytes of elements; of Q8 of their scales, of integers none. */
  private static long exponents(DType dtype) {
    return switch (dtype) {
      case F32 -> 0x7F8000007F800000L;
      case F16 -> 0x7C007C007C007C00L;
      case BF16, Q8 -> 0x7F807F807F807F80L;
      case I32 -> 0;
    };
  }

  /** Adds one to exponents of eight bytes at a time: of an infinity or a NaN, where they are all ones, that carries into the sign. */
  private static boolean finite(MemorySegment segment, long from, long to, DType dtype) {
    long exponents = exponents(dtype);
    long ones = exponents & ~(exponents << 1);
    long carried = 0;
    long offset = from;
    for (; offset + 8 <= to; offset += 8) {
      carried |= (segment.get(LONG, offset) & exponents) + ones;
    }
    long rest = 0;
    for (int bits = 0; offset < to; offset += 2, bits += Short.SIZE) {
      rest |= (segment.get(SHORT, offset) & 0xFFFFL) << bits;
    }
    carried |= (rest & exponents) + ones;
    return (carried & exponents << 1 & ~exponents) == 0;
  }

  private static InvalidInputException notFinite(Tensor tensor, String origin, MemorySegment segment, long from) {
    boolean ints = tensor.dtype() == DType.F32;
    int size = ints ? 4 : 2;
    long offset = from;
    while (finite(segment, offset, offset + size, tensor.dtype())) {
      offset += size;
    }
    float value = ints ? Float.intBitsToFloat(segment.get(INT, offset))
        : tensor.dtype() == DType.F16 ? Float.float16ToFloat(segment.get(SHORT, offset)) : BFloat16.toFloat(segment.get(SHORT, offset));
    return InvalidInputException.of("The tensor %s of %s has the value %s at index %d but weights must be finite.",
        tensor.name(), origin, value, tensor.dtype() == DType.Q8 ? firstOfBlock(tensor, offset / 2) : offset / size);
  }

  /** The index of the first element that a Q8 scale belongs to: each row begins with a new block. */
  private static long firstOfBlock(Tensor tensor, long scale) {
    long columns = tensor.shape().columns();
    long blocks = DType.scaleColumns(columns);
    return scale / blocks * columns + scale % blocks * DType.Q8_BLOCK;
  }
}
