package org.terraformer.domain.training;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.ShapeException;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.RepeatableSpan;
import org.terraformer.ports.recording.ReversibleSpan;

/**
 * Reverse-mode differentiation of what has been recorded: the steps are gone through from the last to the first, and each records the
 * operations that are its gradient behind them. So a model trains on every backend that has kernels for those operations.
 *
 * <p>The gradients are those of {@code sum(value * seed)} over the values that seeds were given for. State is taken to be fresh: every
 * sequence of a run must start at position 0.
 */
public final class Gradients {
  private final Recorder recorder;
  private final List<Step> steps;
  private final Recomputation values;
  private final Map<Value, Value> gradients = new HashMap<>();
  private final Set<Value> active = new HashSet<>();

  private Gradients(Recorder recorder, Collection<Value> wanted) {
    this.recorder = recorder;
    this.steps = recorder.program().steps();
    this.values = new Recomputation(recorder, steps);
    active.addAll(wanted);
  }

  /**
   * Records the gradients with respect to weights, inputs or results.
   *
   * @param seeds for each value that the loss depends on, the gradient of the loss with respect to it
   * @param wanted what to differentiate with respect to
   * @return the gradient of each wanted value that the seeded values depend on, in the order of {@code wanted}
   * @throws ShapeException naming an operation without a gradient that stands in between
   */
  public static Map<Value, Value> record(Recorder recorder, Map<Value, Value> seeds, Collection<Value> wanted) {
    return record(recorder, seeds, wanted, false);
  }

  /**
   * As {@link #record(Recorder, Map, Collection)}.
   *
   * @param recompute whether values of reversible spans are computed again, with their rounding errors, instead of being kept
   */
  public static Map<Value, Value> record(
      Recorder recorder, Map<Value, Value> seeds, Collection<Value> wanted, boolean recompute) {
    return new Gradients(recorder, wanted).run(seeds, wanted, recompute ? recorder.reversibleSpans() : List.of());
  }

  private Map<Value, Value> run(Map<Value, Value> seeds, Collection<Value> wanted, List<ReversibleSpan> spans) {
    Map<Step, ReversibleSpan> spanOf = new HashMap<>();
    spans.forEach(span -> spanOf.put(steps.get(span.addition()), span));
    Map<Step, RepeatableSpan> endsOf = new HashMap<>();
    Map<Step, RepeatableSpan> beginsOf = new HashMap<>();
    for (RepeatableSpan span : recorder.repeatableSpans()) {
      endsOf.put(steps.get(span.last()), span);
      beginsOf.put(steps.get(span.first()), span);
    }
    for (Step step : steps) {
      if (step.operands().stream().anyMatch(active::contains)) {
        active.add(step.result());
      }
    }
    seeds.forEach(this::accumulate);
    for (Step step : steps.reversed()) {
      if (endsOf.containsKey(step)) {
        values.enter(endsOf.get(step));
      }
      Value upstream = gradients.get(step.result());
      if (upstream != null && active.contains(step.result())) {
        if (spanOf.containsKey(step)) {
          values.enter(spanOf.get(step));
        }
        step.operation().differentiate(new StepAdjoint(step, upstream));
      }
      if (beginsOf.containsKey(step)) {
        values.leave(beginsOf.get(step));
      }
    }
    Map<Value, Value> found = new LinkedHashMap<>();
    for (Value value : wanted) {
      if (gradients.containsKey(value)) {
        found.put(value, gradients.get(value));
      }
    }
    return found;
  }

  private void accumulate(Value value, Value gradient) {
    Value known = gradients.get(value);
    gradients.put(value, known == null ? gradient : recorder.apply(new Add(), known, gradient));
  }

  private Value reshaped(Value value, Value like) {
    return recorder.reshape(value, like.shape().toArray());
  }

  private final class StepAdjoint implements Adjoint {
    private final Step step;
    private final Value upstream;

    private StepAdjoint(Step step, Value upstream) {
      this.step = step;
      this.upstream = reshaped(upstream, step.result());
    }

    @Override
    public Value upstream() {
      return upstream;
    }

    @Override
    public Value operand(int index) {
      return values.of(step.operands().get(index));
    }

    @Override
    public Value result() {
      return values.of(step.result());
    }

    @Override
    public boolean wants(int operand) {
      return active.contains(step.operands().get(operand));
    }

    @Override
    public void add(int operand, Value gradient) {
      Value differentiated = step.operands().get(operand);
      accumulate(differentiated, reshaped(gradient, differentiated));
    }

    @Override
    public Value apply(Operation operation, Value... operands) {
      return recorder.apply(operation, operands);
    }
  }
}
