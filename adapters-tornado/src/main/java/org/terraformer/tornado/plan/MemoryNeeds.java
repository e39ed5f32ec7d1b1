package org.terraformer.tornado.plan;

import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/** What a program needs of a device's memory. */
public final class MemoryNeeds {
  /** The most elements that an array of TornadoVM has. */
  public static final long MOST_ELEMENTS = Integer.MAX_VALUE - 64L;

  private MemoryNeeds() {}

  /**
   * Bytes of weights, state, inputs and results.
   *
   * @throws InvalidInputException naming a value that is too large for an array
   */
  public static long bytes(Program program, WeightSource weights, ExecutionLimits limits, BufferPlan plan) {
    long bytes = plan.buffers().stream().mapToLong(BufferPlan.Buffer::bytes).sum();
    for (Value value : program.values()) {
      long elements = value.isWeight() ? value.shape().elements() : BufferPlan.elements(value, limits);
      if (elements > MOST_ELEMENTS) {
        throw InvalidInputException.of("The value %s would have %,d elements on the device but may have at most %,d.",
            value.name(), elements, MOST_ELEMENTS);
      }
      if (value.isWeight()) {
        DType dtype = value.kind() == Value.Kind.VECTOR ? DType.F32 : weights.find(value.name()).orElseThrow().dtype();
        bytes += dtype.dataBytes(value.shape()) + 2 * dtype.scaleBytes(value.shape());
      } else if (value.kind() != Value.Kind.RESULT) {
        bytes += (inHalves(value, limits) ? 2 : 4) * elements;
      }
    }
    return bytes;
  }

  /** Whether a value is kept in BF16 between runs. */
  public static boolean inHalves(Value value, ExecutionLimits limits) {
    return value.kind() == Value.Kind.STATE && value.extent() == Extent.CONTEXT && value.dtype() == DType.F32 && limits.cache() == DType.BF16;
  }
}
