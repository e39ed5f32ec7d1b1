package org.terraformer.domain.layer.position;

import java.util.List;
import org.terraformer.domain.layer.DropoutLayer;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Concatenate;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.PositionIndex;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * Adds trained vectors for the coordinates of the position on a grid: the position is a row-major index into {@code shape}, each axis
 * has a table of its own, and their rows stand side by side. As in the reference, dropout in training leaves out features of all
 * positions of a sequence at once.
 *
 * <p>Weights: {@code axes.0.weight} [shape[0], widths[0]] and so on.
 *
 * @param shape the sizes of the grid's axes; their product is the number of positions
 * @param widths the sizes of the axes' vectors; their sum is the model's width
 */
public record AxialPositions(List<Integer> shape, List<Integer> widths) implements Layer {
  /** Options: {@code shape}, {@code widths}. */
  public static final LayerType TYPE = LayerType.of(LayerRole.POSITIONS, "axial", (options, context) -> {
    List<Integer> shape = options.sizes("shape");
    List<Integer> widths = options.sizes("widths");
    if (shape.size() != widths.size() || widths.stream().mapToLong(Integer::longValue).sum() != context.width()) {
      throw options.wrong("widths", widths, "must be one for each axis of shape %s, together %d".formatted(shape, context.width()));
    }
    long positions = 1;
    for (int size : shape) {
      positions *= size;
      if (positions > Integer.MAX_VALUE) {
        throw options.wrong("shape", shape, "must hold at most %d positions".formatted(Integer.MAX_VALUE));
      }
    }
    if (positions < context.maxLength()) {
      throw options.wrong("shape", shape, "must hold at least max_length = %d positions".formatted(context.maxLength()));
    }
    return new AxialPositions(shape, widths);
  });

  public AxialPositions {
    shape = List.copyOf(shape);
    widths = List.copyOf(widths);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value rows = null;
    int stride = shape.stream().reduce(1, (a, b) -> a * b);
    for (int axis = 0; axis < shape.size(); axis++) {
      stride /= shape.get(axis);
      Value index = recorder.apply(new PositionIndex(stride, shape.get(axis)), recorder.rowPositions());
      Value table = recorder.scope("axes." + axis)
          .matrix("weight", new Initialization.Normal(1), shape.get(axis), widths.get(axis));
      Value part = recorder.apply(new Embedding(), index, table);
      rows = rows == null ? part : recorder.apply(new Concatenate(), rows, part);
    }
    rows = new DropoutLayer(recorder.dropout().hidden(), Extent.SEQUENCE).record(recorder, rows);
    return recorder.apply(new Add(), x, rows);
  }
}
