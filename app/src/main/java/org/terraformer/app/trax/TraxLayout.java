package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.GatedRows;
import org.terraformer.ports.operation.LayerNorm;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.operation.PositionDigits;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * How trax lays out the weights of a program. It follows from the operation that reads a weight, not from the layer:
 *
 * <ul>
 *   <li>a matrix [in, out] of a dense layer becomes rows of outputs [out, in], except an einsum layer's, which is so already;
 *   <li>a projection by head [head, in, out] becomes [head, out, in];
 *   <li>the first feed-forward matrix [d, blocks, N] becomes [blocks, N, 1, d], the second [N, blocks, d] likewise;
 *   <li>a convolution kernel [L, k, in, out] becomes [out, L, k, in];
 *   <li>locally connected weights [module, tap, in, out], which trax keeps with the module they read, move to the module they
 *       write;
 *   <li>the 32 vectors of a fixed-base encoding become one tensor;
 *   <li>an RMS norm's bias, which trax stores and never uses, is dropped.
 * </ul>
 */
final class TraxLayout {
  private final Map<Value, Step> readers = new HashMap<>();
  private final Map<Value, Step> writers = new HashMap<>();

  private TraxLayout(Program program) {
    for (Step step : program.steps()) {
      writers.put(step.result(), step);
      for (Value operand : step.operands()) {
        readers.putIfAbsent(operand, step);
      }
    }
  }

  /** The program's weights in trax's flattened order, which is the order they were recorded in. */
  static List<TraxWeight> of(Program program) {
    TraxLayout layout = new TraxLayout(program);
    List<TraxWeight> weights = new ArrayList<>();
    for (Value weight : program.weights()) {
      weights.add(layout.of(weight));
    }
    return List.copyOf(weights);
  }

  private TraxWeight of(Value weight) {
    Step reader = readers.get(weight);
    if (reader == null) {
      throw InvalidInputException.of("No operation reads the weight %s, so trax's layout of it is unknown.", weight);
    }
    Shape shape = weight.shape();
    return switch (reader.operation()) {
      case ModuleLinear linear when readsResultOf(reader, PositionDigits.class) -> digits(weight);
      case ModuleLinear linear when isMatrix(weight) -> new TraxWeight(weight.name(), shape,
          List.of(Shape.of(shape.axis(0), shape.axis(2), shape.axis(3), shape.axis(1))),
          (arrays, arena) -> toWrittenModule(arrays.getFirst(), weight, arena));
      case LayerNorm norm when !norm.centred() -> new TraxWeight(weight.name(), shape, List.of(shape, shape), renamed(weight));
      case Linear linear when isMatrix(weight) && shape.rank() == 3 ->
          permuted(weight, new int[] {0, 2, 1}, shape.axis(0), shape.axis(2), shape.axis(1));
      case Linear linear when isMatrix(weight) && !weight.name().endsWith("kernel") ->
          transposed(weight, Shape.of(shape.columns(), shape.axis(0)));
      case GatedRows rows when isMatrix(weight) -> transposed(weight, Shape.of(shape.columns(), shape.axis(0)));
      case SelectedRowsDot dot when isMatrix(weight) ->
          transposed(weight, Shape.of(shape.columns(), shape.axis(0), shape.axis(1) * shape.axis(2)));
      case SelectedRowsSum sum when isMatrix(weight) -> selectedRows(weight);
      case ModuleConvolution convolution when isMatrix(weight) ->
          permuted(weight, new int[] {3, 0, 1, 2}, shape.axis(1), shape.axis(2), shape.axis(3), shape.axis(0));
      default -> new TraxWeight(weight.name(), shape, List.of(shape), renamed(weight));
    };
  }

  private static boolean isMatrix(Value weight) {
    return weight.kind() == Value.Kind.MATRIX;
  }

  private boolean readsResultOf(Step reader, Class<? extends Operation> operation) {
    Step writer = writers.get(reader.operands().getFirst());
    return writer != null && operation.isInstance(writer.operation());
  }

  private static TraxWeight.Assembly renamed(Value weight) {
    return (arrays, arena) -> ArrayLayout.renamed(arrays.getFirst(), weight.name(), weight.shape());
  }

  /** A matrix whose rows are the outputs, of an array whose first axis are the inputs. */
  private static TraxWeight transposed(Value weight, Shape array) {
    return new TraxWeight(weight.name(), weight.shape(), List.of(array),
        (arrays, arena) -> ArrayLayout.transposed(arrays.getFirst(), array.axis(0), weight.name(), weight.shape(), arena));
  }

  private static TraxWeight permuted(Value weight, int[] order, long... axes) {
    return new TraxWeight(weight.name(), weight.shape(), List.of(Shape.of(axes)),
        (arrays, arena) -> ArrayLayout.permuted(arrays.getFirst(), axes, order, weight.name(), weight.shape(), arena));
  }

  /**
   * Sparse layers have [N, blocks, d]; the hidden units of experts, who are several to a choice in one block, lie as they do
   * here.
   */
  private static TraxWeight selectedRows(Value weight) {
    Shape shape = weight.shape();
    if (shape.axis(2) == 1) {
      return permuted(weight, new int[] {1, 0, 2}, shape.axis(1), shape.axis(0), shape.columns());
    }
    return new TraxWeight(weight.name(), shape, List.of(Shape.of(shape.rows(), shape.columns())), renamed(weight));
  }

  /** trax has one vector [1, width] for each base and digit, bases outermost; the weight is [digits, width, 1, bases]. */
  private static TraxWeight digits(Value weight) {
    int digits = weight.shape().intAxis(0);
    int width = weight.shape().intAxis(1);
    int bases = weight.shape().intAxis(3);
    List<Shape> vectors = Collections.nCopies(bases * digits, Shape.of(1, width));
    return new TraxWeight(weight.name(), weight.shape(), vectors, (arrays, arena) -> {
      DType dtype = arrays.getFirst().dtype();
      MemorySegment data = ArrayLayout.allocate(dtype, weight.shape(), arena);
      for (int base = 0; base < bases; base++) {
        for (int digit = 0; digit < digits; digit++) {
          MemorySegment source = arrays.get(base * digits + digit).data();
          for (int i = 0; i < width; i++) {
            ArrayLayout.copyElement(source, i, data, ((long) digit * width + i) * bases + base, dtype);
          }
        }
      }
      return new Tensor(weight.name(), dtype, weight.shape(), data);
    });
  }

  /** trax: y[s] = sum_j x[s + j - h] w[s + j - h, j]; here: y[s] = sum_j x[s + j - h] w[s, :, j, :]; modules wrap around. */
  private static Tensor toWrittenModule(Tensor source, Value weight, Arena arena) {
    int modules = weight.shape().intAxis(0);
    int outputs = weight.shape().intAxis(1);
    int taps = weight.shape().intAxis(2);
    int inputs = weight.shape().intAxis(3);
    int half = (taps - 1) / 2;
    MemorySegment data = ArrayLayout.allocate(source.dtype(), weight.shape(), arena);
    long target = 0;
    for (int module = 0; module < modules; module++) {
      for (int output = 0; output < outputs; output++) {
        for (int tap = 0; tap < taps; tap++) {
          int read = Math.floorMod(module + tap - half, modules);
          for (int input = 0; input < inputs; input++, target++) {
            long from = (((long) read * taps + tap) * inputs + input) * outputs + output;
            ArrayLayout.copyElement(source.data(), from, data, target, source.dtype());
          }
        }
      }
    }
    return new Tensor(weight.name(), source.dtype(), weight.shape(), data);
  }
}
