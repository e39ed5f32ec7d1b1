package org.terraformer.tornado.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.tensor.DType;

/**
 * In which array each result lies. A result takes over an array whose result no later step reads; outputs keep theirs. A reshaped value
 * lies where its operand does.
 */
public final class BufferPlan {
  private final Map<Value, Value> roots = new HashMap<>();
  private final Map<Value, Integer> places = new HashMap<>();
  private final List<Buffer> buffers = new ArrayList<>();

  /** An array for results of one type. */
  public record Buffer(DType dtype, long elements) {
    public long bytes() {
      return elements * 4;
    }
  }

  public BufferPlan(Program program, ExecutionLimits limits) {
    List<Step> steps = program.steps();
    Map<Value, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.operation() instanceof Reshape) {
        roots.put(step.result(), root(step.operands().getFirst()));
      }
      for (Value operand : step.operands()) {
        lastUse.put(root(operand), i);
      }
    }
    Set<Value> kept = new HashSet<>();
    program.outputs().values().forEach(output -> kept.add(root(output)));
    Set<Integer> free = new HashSet<>();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.operation() instanceof Reshape) {
        continue;
      }
      Value result = step.result();
      places.put(result, place(result, elements(result, limits), kept.contains(result) ? Set.of() : free, free));
      for (Value operand : new HashSet<>(step.operands())) {
        Value root = root(operand);
        if (places.containsKey(root) && lastUse.get(root) == i && !kept.contains(root)) {
          free.add(places.get(root));
        }
      }
      if (!lastUse.containsKey(result) && !kept.contains(result)) {
        free.add(places.get(result));
      }
    }
  }

  /** The elements that a value's array needs: at least one. */
  public static long elements(Value value, ExecutionLimits limits) {
    return Math.max(1, limits.capacity(value.extent()) * value.width());
  }

  /** The value in whose array this one lies. */
  public Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  /** The number of the array of a result. */
  public int place(Value result) {
    return places.get(root(result));
  }

  public List<Buffer> buffers() {
    return List.copyOf(buffers);
  }

  /** The free array that fits best; else the largest free one, made larger; else a new one. */
  private int place(Value value, long elements, Set<Integer> usable, Set<Integer> free) {
    int best = -1;
    for (int candidate : usable) {
      if (buffers.get(candidate).dtype() == value.dtype() && (best < 0 || better(candidate, best, elements))) {
        best = candidate;
      }
    }
    if (best < 0) {
      buffers.add(new Buffer(value.dtype(), elements));
      return buffers.size() - 1;
    }
    free.remove(best);
    buffers.set(best, new Buffer(value.dtype(), Math.max(elements, buffers.get(best).elements())));
    return best;
  }

  private boolean better(int candidate, int best, long elements) {
    long one = buffers.get(candidate).elements();
    long other = buffers.get(best).elements();
    if (one == other) {
      return candidate < best;
    }
    return one >= elements ? other < elements || one < other : other < elements && one > other;
  }
}
