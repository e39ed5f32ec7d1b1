package org.terraformer.app.trax;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
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
 * Turns the flat list of arrays of a trax checkpoint into the named tensors of a program. trax identifies a weight by its place
 * in the flattened tree alone; layers record their weights in that order, so program and list are walked side by side. How an
 * array has to be laid out follows from the operation that reads the weight, not from the layer:
 *
 * <ul>
 *   <li>a matrix [in, out] of a dense layer becomes rows of outputs [out, in], except an einsum layer's, which is so already;
 *   <li>the first feed-forward matrix [d, blocks, N] becomes [blocks, N, 1, d], the second [N, blocks, d] likewise;
 *   <li>a convolution kernel [L, k, in, out] becomes [out, L, k, in];
 *   <li>locally connected weights [module, tap, in, out], which trax keeps with the module they read, move to the module they
 *       write;
 *   <li>the 32 vectors of a fixed-base encoding become one tensor;
 *   <li>an RMS norm's bias, which trax stores and never uses, is dropped.
 * </ul>
 */
public final class TraxWeights {
  private final Program program;
  private final Map<Value, Step> readers = new HashMap<>();
  private final Map<Value, Step> writers = new HashMap<>();

  public TraxWeights(Program program) {
    this.program = program;
    for (Step step : program.steps()) {
      writers.put(step.result(), step);
      for (Value operand : step.operands()) {
        readers.putIfAbsent(operand, step);
      }
    }
  }

  /**
   * The program's weights, made from the arrays.
   *
   * @param arrays F32 or BF16 arrays in trax's flattened order
   * @param unused arrays that may follow the last weight: 2 for the dense branch of a loss layer with {@code prob_sparse}, else 0
   * @param origin the checkpoint, for messages
   * @param arena owns the new tensors; those that need no new layout keep the memory of their array
   * @throws InvalidInputException if there are too few or too many arrays, or one does not have the elements of its weight
   */
  public NamedTensors translate(Iterator<Tensor> arrays, int unused, String origin, Arena arena) {
    ArrayCursor cursor = new ArrayCursor(arrays, origin, program.weights().size());
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : program.weights()) {
      Step reader = readers.get(weight);
      if (reader == null) {
        throw InvalidInputException.of("No operation reads the weight %s, so its layout in %s is unknown.", weight, origin);
      }
      tensors.add(translate(weight, reader, cursor, arena));
      if (reader.operation() instanceof LayerNorm norm && !norm.centred()) {
        cursor.next(weight, weight.shape().elements());
      }
    }
    cursor.finish(unused);
    return new NamedTensors(origin, tensors);
  }

  private Tensor translate(Value weight, Step reader, ArrayCursor cursor, Arena arena) {
    if (readsDigits(reader)) {
      return digitWeights(weight, cursor, arena);
    }
    Tensor source = cursor.next(weight, weight.shape().elements());
    if (weight.kind() == Value.Kind.VECTOR) {
      return ArrayLayout.renamed(source, weight.name(), weight.shape());
    }
    Shape shape = weight.shape();
    return switch (reader.operation()) {
      case Linear linear when !weight.name().endsWith("kernel") ->
          permuted(source, weight, arena, new int[] {1, 0}, shape.columns(), shape.axis(0));
      case SelectedRowsDot dot ->
          permuted(source, weight, arena, new int[] {1, 0}, shape.columns(), shape.rows());
      case SelectedRowsSum sum when source.shape().rank() == 3 ->
          permuted(source, weight, arena, new int[] {1, 0, 2}, shape.axis(1), shape.axis(0), shape.columns());
      case ModuleConvolution convolution ->
          permuted(source, weight, arena, new int[] {3, 0, 1, 2}, shape.axis(1), shape.axis(2), shape.axis(3), shape.axis(0));
      case ModuleLinear modules -> toWrittenModule(source, weight, arena);
      default -> ArrayLayout.renamed(source, weight.name(), shape);
    };
  }

  private static Tensor permuted(Tensor source, Value weight, Arena arena, int[] order, long... axes) {
    return ArrayLayout.permuted(source, axes, order, weight.name(), weight.shape(), arena);
  }

  private boolean readsDigits(Step reader) {
    return reader.operation() instanceof ModuleLinear
        && writers.get(reader.operands().getFirst()) instanceof Step writer && writer.operation() instanceof PositionDigits;
  }

  /** trax has one vector [1, width] for each base and digit, bases outermost; the weight is [digits, width, 1, bases]. */
  private static Tensor digitWeights(Value weight, ArrayCursor cursor, Arena arena) {
    int digits = weight.shape().intAxis(0);
    int width = weight.shape().intAxis(1);
    int bases = weight.shape().intAxis(3);
    MemorySegment data = null;
    DType dtype = null;
    for (int base = 0; base < bases; base++) {
      for (int digit = 0; digit < digits; digit++) {
        Tensor source = cursor.next(weight, width);
        if (data == null) {
          dtype = source.dtype();
          data = arena.allocate(dtype.dataBytes(weight.shape()), 64);
        }
        for (int i = 0; i < width; i++) {
          ArrayLayout.copyElement(source.data(), i, data, ((long) digit * width + i) * bases + base, elementBytes(dtype));
        }
      }
    }
    return new Tensor(weight.name(), dtype, weight.shape(), data);
  }

  /** trax: y[s] = sum_j x[s + j - h] w[s + j - h, j]; here: y[s] = sum_j x[s + j - h] w[s, :, j, :]; modules wrap around. */
  private static Tensor toWrittenModule(Tensor source, Value weight, Arena arena) {
    int modules = weight.shape().intAxis(0);
    int outputs = weight.shape().intAxis(1);
    int taps = weight.shape().intAxis(2);
    int inputs = weight.shape().intAxis(3);
    int half = (taps - 1) / 2;
    MemorySegment data = arena.allocate(source.dtype().dataBytes(weight.shape()), 64);
    long target = 0;
    for (int module = 0; module < modules; module++) {
      for (int output = 0; output < outputs; output++) {
        for (int tap = 0; tap < taps; tap++) {
          int read = Math.floorMod(module + tap - half, modules);
          for (int input = 0; input < inputs; input++, target++) {
            long from = (((long) read * taps + tap) * inputs + input) * outputs + output;
            ArrayLayout.copyElement(source.data(), from, data, target, elementBytes(source.dtype()));
          }
        }
      }
    }
    return new Tensor(weight.name(), source.dtype(), weight.shape(), data);
  }

  private static int elementBytes(DType dtype) {
    return dtype == DType.F32 ? Float.BYTES : Short.BYTES;
  }

  /** The arrays one after another, each checked against the weight it is for. */
  private static final class ArrayCursor {
    private final Iterator<Tensor> arrays;
    private final String origin;
    private final int needed;
    private int index;

    private ArrayCursor(Iterator<Tensor> arrays, String origin, int needed) {
      this.arrays = arrays;
      this.origin = origin;
      this.needed = needed;
    }

    private Tensor next(Value weight, long elements) {
      if (!arrays.hasNext()) {
        throw InvalidInputException.of("%s holds %d arrays, but the configured model has %d weights; %s finds none.",
            origin, index, needed, weight.name());
      }
      Tensor array = arrays.next();
      if (array.dtype() != DType.F32 && array.dtype() != DType.BF16) {
        throw InvalidInputException.of("Array %d of %s has type %s but weights must be F32 or BF16.", index, origin, array.dtype());
      }
      if (array.shape().elements() != elements) {
        throw InvalidInputException.of("Array %d of %s has shape %s, but the configured model needs %d elements there for %s %s.",
            index, origin, array.shape(), elements, weight.name(), weight.shape());
      }
      index++;
      return array;
    }

    private void finish(int unused) {
      int more = 0;
      while (arrays.hasNext()) {
        arrays.next();
        more++;
      }
      if (more != 0 && more != unused) {
        throw InvalidInputException.of("%s holds %d arrays more than the %d that the configured model has.", origin, more, index);
      }
    }
  }
}
