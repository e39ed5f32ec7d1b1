package org.terraformer.ports.kernel;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A recorded model: operations in the order in which they run. The same program serves a whole sequence, a prompt in
 * pieces (unless it {@link #startsWhole}) and one token at a time: state operands carry what earlier rows left behind, and a
 * sequence whose first row has position 0 starts fresh, whatever its state holds.
 *
 * @param values every value, in the order of their ids, of which some may be left out
 * @param outputs the values that a caller may read after a run, by name
 */
public record Program(List<Value> values, List<Step> steps, Map<String, Value> outputs) {
  public Program {
    values = List.copyOf(values);
    steps = List.copyOf(steps);
    outputs = Map.copyOf(outputs);
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i).id() <= values.get(i - 1).id()) {
        throw new IllegalArgumentException("The values %s and %s of a program are not in the order of their ids."
            .formatted(values.get(i - 1), values.get(i)));
      }
    }
  }

  /** The weights in the order in which they were recorded. */
  public List<Value> weights() {
    return values.stream().filter(Value::isWeight).toList();
  }

  public List<Value> inputs() {
    return ofKind(Value.Kind.INPUT).toList();
  }

  public List<Value> states() {
    return ofKind(Value.Kind.STATE).toList();
  }

  /** The steps that read this value. */
  public List<Step> readersOf(Value value) {
    return steps.stream().filter(step -> step.operands().contains(value)).toList();
  }

  /** The input of this name. */
  public Value input(String name) {
    return ofKind(Value.Kind.INPUT).filter(value -> value.name().equals(name)).findFirst()
        .orElseThrow(() -> InvalidInputException.of("The program has no input %s; it has %s.", name, inputs()));
  }

  /** Whether the program has an input of this name. */
  public boolean hasInput(String name) {
    return ofKind(Value.Kind.INPUT).anyMatch(value -> value.name().equals(name));
  }

  /** The output of this name. */
  public Value output(String name) {
    Value output = outputs.get(name);
    if (output == null) {
      throw InvalidInputException.of("The program has no output %s; it has %s.", name, outputs.keySet());
    }
    return output;
  }

  /**
   * Whether the rows that a sequence starts with, as those of a prompt, must be in one run: then an executable needs as many rows as the
   * longest of them. Later rows may be run in any pieces.
   */
  public boolean startsWhole() {
    return steps.stream().anyMatch(step -> step.operation().dependsOnLaterRows());
  }

  /** The number of weight elements. */
  public long parameters() {
    return weights().stream().mapToLong(value -> value.shape().elements()).sum();
  }

  private Stream<Value> ofKind(Value.Kind kind) {
    return values.stream().filter(value -> value.kind() == kind);
  }
}
