package org.terraformer.domain.training;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * A weight's gradient, the sum of those of a batch's parts. A batch of one part has it where the run has left it, if that memory can be
 * reached: nothing is copied.
 */
final class SummedGradient {
  private final Executable executable;
  private final TrainedWeight weight;
  private final Tensor tensor;
  private final float[] copy;
  private float[] sums;

  SummedGradient(Executable executable, TrainedWeight weight) {
    this.executable = executable;
    this.weight = weight;
    MemorySegment inPlace = weight.gradient().flatMap(executable::memory).orElse(null);
    this.copy = inPlace == null ? new float[weight.value().shape().intElements()] : null;
    this.tensor = inPlace == null ? Tensor.of(weight.name(), weight.value().shape(), copy)
        : new Tensor(weight.name(), DType.F32, weight.value().shape(), inPlace, MemorySegment.NULL);
  }

  /** The gradient that was read last, and after {@link #sum} the sum; zeros if nothing that the loss depends on uses the weight. */
  Tensor tensor() {
    return tensor;
  }

  /** Takes the gradient of the part that was run last. */
  void read() {
    if (copy != null && weight.gradient().isPresent()) {
      executable.read(weight.gradient().get(), copy, copy.length);
    }
  }

  /** Adds what was read to the sum. */
  void add(boolean first) {
    if (sums == null) {
      sums = new float[tensor.shape().intElements()];
    } else if (first) {
      Arrays.fill(sums, 0);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
    }
  }

  /** Puts the sum where the gradient was; weights may share that memory, so all of them are added first. */
  void sum() {
    MemorySegment.copy(sums, 0, tensor.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, sums.length);
  }
}
