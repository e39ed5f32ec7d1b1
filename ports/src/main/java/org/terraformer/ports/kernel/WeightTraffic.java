package org.terraformer.ports.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.tensor.DType;

/** How many bytes of weights a decoded token reads. */
public final class WeightTraffic {
  private WeightTraffic() {}

  /** The bytes of all weights, of which a table counts one row and a selection of rows one group for each block. */
  public static long bytesPerToken(Program program, WeightSource weights) {
    return bytesPerToken(program, weight -> weights.find(weight.name()).orElseThrow().dtype());
  }

  /** As {@link #bytesPerToken(Program, WeightSource)}, with weights of these types. */
  public static long bytesPerToken(Program program, Function<Value, DType> types) {
    Map<Value, Step> readers = new HashMap<>();
    for (Step step : program.steps()) {
      step.operands().forEach(operand -> readers.putIfAbsent(operand, step));
    }
    long bytes = 0;
    for (Value weight : program.weights()) {
      DType dtype = types.apply(weight);
      Step reader = readers.get(weight);
      bytes += reader == null ? 0 : dtype.bytes(reader.operation().readForOneRow(weight));
    }
    return bytes;
  }
}
