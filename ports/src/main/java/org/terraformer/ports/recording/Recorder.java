package org.terraformer.ports.recording;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.ShapeException;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.PartOfRows;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.operation.RowPositions;
import org.terraformer.ports.operation.RowsOfParts;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Writes down the operations of a model. Nothing is computed; shapes and types are checked at once, and a mistake is told
 * with the name of the layer, the operation and the operands.
 *
 * <p>A recorder stands in a scope, which prefixes the names of what is recorded; {@link #scope} gives a recorder for an inner
 * scope that writes to the same program.
 */
public final class Recorder {
  /** The input with the position of the first row of each sequence. */
  public static final String POSITIONS = "positions";

  /** Elements of one weight: far more than any machine holds, and so few that sums of them fit a long. */
  private static final long LARGEST_WEIGHT = 1L << 42;

  private final Recording recording;
  private final String prefix;
  private final Value rowPositions;
  private final Value mask;
  private final Source source;

  /** A recorder of what a model computes when it is evaluated or decodes. */
  public Recorder() {
    this(new Recording(null, DropoutRates.NONE), "", null, null, null);
  }

  private Recorder(Recording recording, String prefix, Value rowPositions, Value mask, Source source) {
    this.recording = recording;
    this.prefix = prefix;
    this.rowPositions = rowPositions;
    this.mask = mask;
    this.source = source;
  }

  /** A recorder of what a model computes while it is trained, with random numbers from this source. */
  public static Recorder forTraining(Chance chance) {
    return forTraining(chance, DropoutRates.NONE);
  }

  /** As {@link #forTraining(Chance)}, with some elements left out. */
  public static Recorder forTraining(Chance chance, DropoutRates dropout) {
    return new Recorder(new Recording(chance, dropout), "", null, null, null);
  }

  /** What layers leave out at random: nothing, if this is no recording for training. */
  public DropoutRates dropout() {
    return recording.dropout;
  }

  /** The source of random numbers, if this is a recording for training. */
  public Optional<Chance> chance() {
    return Optional.ofNullable(recording.chance);
  }

  /** A recorder whose names start with this scope's name, then {@code name} and a dot. */
  public Recorder scope(String name) {
    return new Recorder(recording, prefix + name + ".", rowPositions, mask, source);
  }

  /** A recorder in this scope to whose layers rows stand at other positions than in their sequence: {@link #rowPositions} are these. */
  public Recorder at(Value positions) {
    return new Recorder(recording, prefix, positions, mask, source);
  }

  /** A recorder in this scope for the rows of an encoder, some of which are padding: {@link #mask} is this one. */
  public Recorder masked(Value padding) {
    return new Recorder(recording, prefix, rowPositions, padding, source);
  }

  /** A recorder in this scope for the rows of a decoder that attends to a source: {@link #source} is this one. */
  public Recorder reading(Source read) {
    return new Recorder(recording, prefix, rowPositions, mask, read);
  }

  /**
   * The padding mask of an encoder's rows: I32 for each row, 0 for padding.
   *
   * @throws InvalidInputException if this is no encoder's recorder
   */
  public Value mask() {
    if (mask == null) {
      throw InvalidInputException.of("The layer %s needs the padding mask that encoders have.", layerName());
    }
    return mask;
  }

  /**
   * What a decoder's rows can attend to.
   *
   * @throws InvalidInputException if this is no recorder of cross attention
   */
  public Source source() {
    if (source == null) {
      throw InvalidInputException.of("The layer %s needs a source, which cross attention has.", layerName());
    }
    return source;
  }

  private String layerName() {
    return prefix.isEmpty() ? "of the model" : prefix.substring(0, prefix.length() - 1);
  }

  /** An input that the caller writes before each run; the same name gives the same input. */
  public Value input(String name, DType dtype, Extent extent, long... shape) {
    Value known = recording.inputs.get(name);
    if (known != null) {
      return known;
    }
    Value value = recording.add(Value.Kind.INPUT, name, dtype, extent, Shape.of(shape));
    recording.inputs.put(name, value);
    return value;
  }

  /** The position of the first row of each sequence: I32, one for each sequence. */
  public Value startPositions() {
    return input(POSITIONS, DType.I32, Extent.SEQUENCE);
  }

  /** The position of each row: I32, one for each row. */
  public Value rowPositions() {
    if (rowPositions != null) {
      return rowPositions;
    }
    if (recording.rowPositions == null) {
      recording.rowPositions = apply(new RowPositions(), startPositions());
    }
    return recording.rowPositions;
  }

  /**
   * A weight with rows along its innermost axis, which may be stored as F32, F16, BF16 or Q8. It is initialised as a dense layer whose
   * inputs are along that axis.
   */
  public Value matrix(String name, long... shape) {
    double columns = shape.length == 0 ? 1 : shape[shape.length - 1];
    return matrix(name, Initialization.glorotUniform(columns, elements(shape) / columns), shape);
  }

  /** As {@link #matrix(String, long...)}, initialised in another way. */
  public Value matrix(String name, Initialization initialization, long... shape) {
    return weight(Value.Kind.MATRIX, name, initialization, shape);
  }

  /** A small weight that is computed with in F32. It is initialised as a bias. */
  public Value vector(String name, long... shape) {
    return vector(name, Initialization.BIAS, shape);
  }

  /** As {@link #vector(String, long...)}, initialised in another way. */
  public Value vector(String name, Initialization initialization, long... shape) {
    return weight(Value.Kind.VECTOR, name, initialization, shape);
  }

  /**
   * Tells which axes of a weight an optimizer may factor; else these are the last two.
   *
   * @return the weight
   */
  public Value factored(Value weight, Factoring factoring) {
    if (factoring.elements() != weight.shape().elements()) {
      throw new ShapeException("The weight %s can't be factored as %s.".formatted(weight, factoring));
    }
    recording.factorings.put(weight, factoring);
    return weight;
  }

  /** How a weight of this recording is initialised. */
  public Initialization initialization(Value weight) {
    return recording.initializations.get(weight);
  }

  /** Which axes of a weight of this recording an optimizer may factor; none for a vector. */
  public Optional<Factoring> factoring(Value weight) {
    return Optional.ofNullable(recording.factorings.get(weight)).or(() -> Factoring.lastAxes(weight.shape()));
  }

  // In floating point, as the product may exceed a long.
  private static double elements(long... shape) {
    return LongStream.of(shape).asDoubleStream().reduce(1, (product, size) -> product * size);
  }

  private Value weight(Value.Kind kind, String name, Initialization initialization, long... shape) {
    String fullName = prefix + name;
    Value known = recording.weights.get(fullName);
    if (known != null && recording.repeats && known.shape().equals(Shape.of(shape))) {
      return known;
    }
    if (known != null) {
      throw InvalidInputException.of("The weight %s was recorded twice.", fullName);
    }
    if (elements(shape) > LARGEST_WEIGHT) {
      throw new ShapeException("The weight %s has shape %s but may have at most %d elements.".formatted(
          fullName, Arrays.toString(shape), LARGEST_WEIGHT));
    }
    Value weight = recording.add(kind, fullName, DType.F32, Extent.FIXED, Shape.of(shape));
    recording.initializations.put(weight, initialization);
    recording.weights.put(fullName, weight);
    return weight;
  }

  /** F32 state with one item of this shape for each sequence slot. */
  public Value slotState(String name, long... shape) {
    return recording.add(Value.Kind.STATE, prefix + name, DType.F32, Extent.SLOT, Shape.of(shape));
  }

  /** State with one item of this shape for each position of each sequence slot, stored in the cache's type. */
  public Value contextState(String name, long... shape) {
    return recording.add(Value.Kind.STATE, prefix + name, DType.F32, Extent.CONTEXT, Shape.of(shape));
  }

  /** I32 state with one item of this shape for each sequence slot. */
  public Value slotIntegers(String name, long... shape) {
    return recording.add(Value.Kind.STATE, prefix + name, DType.I32, Extent.SLOT, Shape.of(shape));
  }

  /** I32 state with one item of this shape for each position of each sequence slot. */
  public Value contextIntegers(String name, long... shape) {
    return recording.add(Value.Kind.STATE, prefix + name, DType.I32, Extent.CONTEXT, Shape.of(shape));
  }

  /**
   * Records an operation.
   *
   * @throws ShapeException naming the scope, the operation and the operands, if they do not fit
   */
  public Value apply(Operation operation, Value... operands) {
    return apply(operation, List.of(operands));
  }

  /** As {@link #apply(Operation, Value...)}. */
  public Value apply(Operation operation, List<Value> operands) {
    Signature signature;
    try {
      signature = operation.infer(operands);
    } catch (ShapeException e) {
      throw new ShapeException("In %s, operation %s %s; its operands are %s.".formatted(
          prefix.isEmpty() ? "the model" : prefix.substring(0, prefix.length() - 1), operation, e.getMessage(), operands));
    }
    Value result = recording.add(
        Value.Kind.RESULT, prefix + operation.name(), signature.dtype(), signature.extent(), signature.shape());
    recording.steps.add(new Step(operation, operands, result));
    return result;
  }

  /** The same elements in another item shape; records nothing if the shape is already this. */
  public Value reshape(Value value, long... sizes) {
    return value.shape().equals(Shape.of(sizes)) ? value : apply(new Reshape(sizes), value);
  }

  /**
   * Records {@code y = x + residual} such that training can do without x: it is {@code y - residual}, with the residual recorded
   * again. For that the residual must not depend on x.
   *
   * @param residual records what is added
   */
  public Value addReversibly(Value x, Supplier<Value> residual) {
    int first = recording.steps.size();
    Value added = residual.get();
    recording.reversible.add(new ReversibleSpan(first, recording.steps.size()));
    return apply(new Add(), x, added);
  }

  /** What {@link #addReversibly} recorded, in this order. */
  public List<ReversibleSpan> reversibleSpans() {
    return List.copyOf(recording.reversible);
  }

  /**
   * Records a function for one part of the rows after another ({@link Extent#PARTS}), so that what it computes in between takes
   * the memory of a part. Training computes that again for the gradients.
   *
   * @param rows values for each row, or each kept row
   * @param function takes a part of each of them and gives values of that part, for each row by itself; it records the same
   *     weights every time
   * @return what the function gives, for all rows
   */
  public List<Value> inParts(List<Value> rows, Function<List<Value>, List<Value>> function) {
    List<List<Value>> parts = new ArrayList<>();
    for (int part = 0; part < Extent.PARTS; part++) {
      PartOfRows taken = new PartOfRows(part);
      int first = recording.steps.size();
      recording.repeats = part > 0;
      parts.add(function.apply(rows.stream().map(value -> apply(taken, value)).toList()));
      recording.repeatable.add(new RepeatableSpan(first, recording.steps.size() - 1));
    }
    recording.repeats = false;
    Extent extent = rows.getFirst().extent();
    return IntStream.range(0, parts.getFirst().size())
        .mapToObj(result -> apply(new RowsOfParts(extent), parts.stream().map(part -> part.get(result)).toList())).toList();
  }

  /** What {@link #inParts} recorded for each part, in this order. */
  public List<RepeatableSpan> repeatableSpans() {
    return List.copyOf(recording.repeatable);
  }

  /** State of its own, of the same kind as another. */
  public Value stateLike(Value state) {
    return recording.add(Value.Kind.STATE, state.name(), state.dtype(), state.extent(), state.shape());
  }

  /** Makes a value readable after a run under this name. */
  public void output(String name, Value value) {
    recording.outputs.put(name, value);
  }

  /** What has been recorded so far, in all scopes. */
  public Program program() {
    return new Program(recording.values, recording.steps, recording.outputs);
  }
}
