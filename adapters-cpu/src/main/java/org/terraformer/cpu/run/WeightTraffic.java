package org.terraformer.cpu.run;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

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
      bytes += reader == null ? 0 : dtype.bytes(readShape(weight, reader));
    }
    return bytes;
  }

  private static Shape readShape(Value weight, Step reader) {
    Shape shape = weight.shape();
    return switch (reader.operation()) {
      case Embedding e -> Shape.of(1, shape.columns());
      case SelectedRowsDot d when reader.operands().get(1) == weight -> Shape.of(shape.axis(0), shape.axis(2), shape.axis(3));
      case SelectedRowsSum s when reader.operands().get(1) == weight -> Shape.of(shape.axis(0), shape.axis(2), shape.axis(3));
      default -> shape;
    };
  }
}
