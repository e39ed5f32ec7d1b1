package org.terraformer.app.bench;

import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The bytes that steps read from memory for a token: weights, of which a choice made at run time counts only what it chooses, and cached
 * keys and values.
 *
 * @param positions positions in the cache
 */
record Traffic(WeightSource weights, DType cache, int positions) {

  long bytes(Step step) {
    long bytes = 0;
    for (Value operand : step.operands()) {
      if (operand.isWeight()) {
        bytes += weights.find(operand.name()).orElseThrow().dtype().bytes(step.operation().readForOneRow(operand));
      } else if (isCache(operand)) {
        bytes += stored(operand, cache).bytes(operand.shape()) * positions;
      }
    }
    return bytes;
  }

  /** The bytes of this many positions in a program's caches. */
  static long cacheBytes(Program program, DType cache, int positions) {
    return program.states().stream().filter(Traffic::isCache).mapToLong(state -> stored(state, cache).bytes(state.shape()) * positions)
        .sum();
  }

  private static DType stored(Value state, DType cache) {
    return state.dtype() == DType.F32 ? cache : state.dtype();
  }

  private static boolean isCache(Value value) {
    return value.kind() == Value.Kind.STATE && value.extent() == Extent.CONTEXT;
  }
}
