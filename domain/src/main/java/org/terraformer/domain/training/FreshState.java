package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;

/**
 * State in a program all of whose sequences start at position 0 in every run. What a run leaves behind is read by no other, so
 * that state which only one step uses is needed during this step alone, and all layers may share it.
 */
final class FreshState {
  private final Map<Value, Integer> readers = new HashMap<>();
  private final Map<List<Object>, List<Value>> pools = new HashMap<>();

  private FreshState(Program program) {
    for (Step step : program.steps()) {
      step.operands().stream().distinct().forEach(operand -> readers.merge(operand, 1, Integer::sum));
    }
  }

  /** The program with as few states as its steps need, each by itself. */
  static Program shared(Program program) {
    FreshState state = new FreshState(program);
    List<Step> steps = program.steps().stream().map(state::shared).toList();
    Set<Value> used = new HashSet<>();
    steps.forEach(step -> used.addAll(step.operands()));
    List<Value> values =
        program.values().stream().filter(value -> value.kind() != Value.Kind.STATE || used.contains(value)).toList();
    return new Program(values, steps, program.outputs());
  }

  private Step shared(Step step) {
    Map<List<Object>, Integer> taken = new HashMap<>();
    List<Value> operands = new ArrayList<>();
    for (Value operand : step.operands()) {
      operands.add(operand.kind() == Value.Kind.STATE && readers.get(operand) == 1 ? shared(operand, taken) : operand);
    }
    return new Step(step.operation(), operands, step.result());
  }

  private Value shared(Value state, Map<List<Object>, Integer> taken) {
    List<Object> kind = List.of(state.dtype(), state.extent(), state.shape());
    List<Value> pool = pools.computeIfAbsent(kind, any -> new ArrayList<>());
    int number = taken.merge(kind, 1, Integer::sum) - 1;
    if (number == pool.size()) {
      pool.add(state);
    }
    return pool.get(number);
  }
}
