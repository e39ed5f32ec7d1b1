package org.terraformer.cpu.run;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Whether a source has the weights of a program. */
public final class WeightCheck {
  private static final int NAMED_AT_MOST = 3;

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
        throw InvalidInputException.of("The tensor %s of %s has type I32 but a weight must be F32, BF16 or Q8.",
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
      throw InvalidInputException.of("%s has tensors that the model does not know (%d): %s.", weights.origin(), unknown.size(), named(unknown));
    }
  }

  private static String named(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED_AT_MOST, names.size()))) + (names.size() > NAMED_AT_MOST ? " and others" : "");
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
      checkFinite(tensor, weights.origin());
      done += tensor.dtype().bytes(tensor.shape());
      progress.progressed("loading weights", done, total);
    }
  }

  private static void checkFinite(Tensor tensor, String origin) {
    switch (tensor.dtype()) {
      case F32 -> {
        var layout = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        long bytes = tensor.data().byteSize();
        for (long offset = 0; offset < bytes; offset += 4) {
          int bits = tensor.data().get(layout, offset);
          if ((bits & 0x7F800000) == 0x7F800000) {
            throw notFinite(tensor, origin, offset / 4, Float.intBitsToFloat(bits));
          }
        }
      }
      case BF16 -> checkShorts(tensor, tensor.data(), origin, 1);
      case Q8 -> checkShorts(tensor, tensor.scales(), origin, DType.Q8_BLOCK);
      case I32 -> { }
    }
  }

  private static void checkShorts(Tensor tensor, java.lang.foreign.MemorySegment segment, String origin, int elements) {
    var layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    for (long offset = 0; offset < segment.byteSize(); offset += 2) {
      short bits = segment.get(layout, offset);
      if ((bits & 0x7F80) == 0x7F80) {
        throw notFinite(tensor, origin, offset / 2 * elements, Float.intBitsToFloat(bits << 16));
      }
    }
  }

  private static InvalidInputException notFinite(Tensor tensor, String origin, long index, float value) {
    return InvalidInputException.of(
        "The tensor %s of %s has the value %s at index %d but weights must be finite.", tensor.name(), origin, value, index);
  }
}
