package org.terraformer.ports.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.ShapeException;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** What recorders of one program have written down so far. */
final class Recording {
  final List<Value> values = new ArrayList<>();
  final List<Step> steps = new ArrayList<>();
  final List<ReversibleSpan> reversible = new ArrayList<>();
  final Map<String, Value> inputs = new HashMap<>();
  final List<RepeatableSpan> repeatable = new ArrayList<>();
  final Map<String, Value> weights = new HashMap<>();
  final Map<String, Value> outputs = new LinkedHashMap<>();
  final Map<Value, Initialization> initializations = new HashMap<>();
  final Map<Value, Factoring> factorings = new HashMap<>();
  final Chance chance;
  final DropoutRates dropout;
  Value rowPositions;
  /** Whether weights that are known may be recorded again. */
  boolean repeats;

  Recording(Chance chance, DropoutRates dropout) {
    this.chance = chance;
    this.dropout = dropout;
  }

  Value add(Value.Kind kind, String name, DType dtype, Extent extent, Shape shape) {
    if (extent != Extent.FIXED && shape.elements() > Integer.MAX_VALUE) {
      throw new ShapeException("The value %s has shape %s but may have at most %d elements.".formatted(name, shape, Integer.MAX_VALUE));
    }
    Value value = new Value(values.size(), kind, name, dtype, extent, shape);
    values.add(value);
    return value;
  }
}
