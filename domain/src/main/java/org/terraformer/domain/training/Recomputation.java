package org.terraformer.domain.training;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.RepeatableSpan;
import org.terraformer.ports.recording.ReversibleSpan;
import org.terraformer.ports.tensor.DType;

/**
 * Values that the gradient program computes again, so that those of the forward pass need no memory until then: of reversible spans
 * from what stands behind the spans (Gomez et al., "The reversible residual network", 2017), {@code x = y - residual}; of
 * repeatable spans from what stands before them. Random numbers, functions of a seed, are drawn again. Whole numbers are kept
 * instead: choices and buckets, which are small, and could come out otherwise from an x that is rounded in another way.
 */
final class Recomputation {
  private final Recorder recorder;
  private final List<Step> steps;
  private final Set<Value> sums = new HashSet<>();
  private final Map<Value, Step> additions = new HashMap<>();
  private final Map<Value, Step> makers = new HashMap<>();
  private final Map<Value, Value> again = new HashMap<>();

  Recomputation(Recorder recorder, List<Step> steps) {
    this.recorder = recorder;
    this.steps = steps;
    recorder.reversibleSpans().forEach(span -> sums.add(steps.get(span.addition()).result()));
  }

  /** Computes values before and inside of a span again from now on; those behind it must have been already, or are kept. */
  void enter(ReversibleSpan span) {
    List<Step> inside = steps.subList(span.first(), span.addition());
    inside.stream().filter(step -> step.result().dtype() == DType.F32).forEach(step -> makers.put(step.result(), step));
    Step addition = steps.get(span.addition());
    Value x = addition.operands().getFirst();
    if (x.kind() == Value.Kind.RESULT && inside.stream().noneMatch(step -> step.operands().contains(x))) {
      additions.putIfAbsent(x, addition);
    }
    if (sums.contains(x)) {
      // Now, while the gradient needs the values of this span, too: later they would be kept for x alone.
      of(x);
    }
  }

  /** Computes values inside of a span again from now on, also those that were computed again before. */
  void enter(RepeatableSpan span) {
    steps.subList(span.first(), span.last() + 1).stream().filter(step -> step.result().dtype() == DType.F32)
        .forEach(step -> makers.put(step.result(), step));
    leave(span);
  }

  /** Whoever needs values inside of a span later on computes them once more, instead of keeping those of all parts. */
  void leave(RepeatableSpan span) {
    steps.subList(span.first(), span.last() + 1).forEach(step -> again.remove(step.result()));
  }

  /** The value, computed again if that is possible by now. */
  Value of(Value value) {
    Value known = again.get(value);
    if (known != null) {
      return known;
    }
    Value made = made(value);
    again.put(value, made);
    return made;
  }

  private Value made(Value value) {
    Step addition = additions.get(value);
    if (addition != null) {
      Value residual = recorder.apply(new Scale(-1), of(addition.operands().get(1)));
      return recorder.apply(new Add(), of(addition.result()), residual);
    }
    Step maker = makers.get(value);
    return maker == null ? value
        : recorder.apply(maker.operation(), maker.operands().stream().map(this::operand).toList());
  }

  private Value operand(Value value) {
    return value.kind() == Value.Kind.STATE ? recorder.stateLike(value) : of(value);
  }
}
