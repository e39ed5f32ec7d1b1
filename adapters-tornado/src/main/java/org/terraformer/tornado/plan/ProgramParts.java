package org.terraformer.tornado.plan;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.tensor.Shape;

/**
 * Divides the steps of a program among task graphs: one for what comes before the blocks, one for each block, one for what comes after.
 * The blocks are not named anywhere; they show in the program, as the longest stretch in which the same operations on the same shapes come
 * again and again.
 */
public final class ProgramParts {
  private ProgramParts() {}

  /**
   * @param most steps that a part may have; longer ones are cut
   */
  public static List<List<Step>> of(List<Step> program, int most) {
    List<Step> steps = program.stream().filter(step -> !(step.operation() instanceof Reshape)).toList();
    Stretch stretch = longest(steps.stream().map(Kind::of).toList());
    List<List<Step>> parts = new ArrayList<>();
    cut(steps.subList(0, stretch.from), most, parts);
    for (int block = 0; block < stretch.times; block++) {
      int from = stretch.from + block * stretch.period;
      cut(steps.subList(from, from + stretch.period), most, parts);
    }
    cut(steps.subList(stretch.from + stretch.times * stretch.period, steps.size()), most, parts);
    return parts;
  }

  private static void cut(List<Step> steps, int most, List<List<Step>> parts) {
    for (int from = 0; from < steps.size(); from += most) {
      parts.add(steps.subList(from, Math.min(steps.size(), from + most)));
    }
  }

  private record Stretch(int from, int period, int times) {
    private int steps() {
      return period * times;
    }
  }

  /** What two steps have in common that do the same to values of the same shapes. */
  private record Kind(Operation operation, List<Shape> operands) {
    private static Kind of(Step step) {
      return new Kind(step.operation(), step.operands().stream().map(Value::shape).toList());
    }
  }

  /** The repetition that covers most steps, of those the one with the shortest period; none if nothing comes twice. */
  private static Stretch longest(List<Kind> kinds) {
    Stretch best = new Stretch(kinds.size(), 1, 0);
    for (int period = 1; period <= kinds.size() / 2; period++) {
      int run = 0;
      for (int i = 0; i + period <= kinds.size(); i++) {
        if (i + period < kinds.size() && kinds.get(i).equals(kinds.get(i + period))) {
          run++;
          continue;
        }
        Stretch stretch = new Stretch(i - run, period, run / period + 1);
        if (stretch.times > 1 && stretch.steps() > best.steps()) {
          best = stretch;
        }
        run = 0;
      }
    }
    return best;
  }
}
