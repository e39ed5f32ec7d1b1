package org.terraformer.cpu.run;

import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;

/** Makes a slot's state that of another slot: of what is kept for each position, only that of the positions in use. */
public final class SlotCopy {

  /** Copies elements of a state. */
  @FunctionalInterface
  public interface Elements {
    void copy(Value state, long from, long to, long count);
  }

  /** State whose elements lie in parts, in each of them position after position; what does not grow is one part of one position. */
  private record Layout(Value state, int parts, long perPosition, int positions) {
    private static Layout of(Program program, Value state, int contextLength) {
      if (state.extent() != Extent.CONTEXT) {
        return new Layout(state, 1, state.width(), 1);
      }
      int parts = program.readersOf(state).stream().map(Step::operation).findFirst().map(Operation::contextParts).orElse(1);
      return new Layout(state, parts, state.width() / parts, contextLength);
    }
  }

  private final Layout[] layouts;

  /** Copies between the slots of a program's state, which lies as {@link org.terraformer.cpu.scalar.ScalarKernel} tells. */
  public SlotCopy(Program program, ExecutionLimits limits) {
    this.layouts = program.states().stream().map(state -> Layout.of(program, state, limits.contextLength())).toArray(Layout[]::new);
  }

  /**
   * Copies from one slot to another.
   *
   * @param positions that are in use
   */
  public void copy(int from, int to, int positions, Elements elements) {
    for (Layout layout : layouts) {
      long perPart = layout.positions * layout.perPosition;
      long count = layout.state.extent() == Extent.CONTEXT ? Math.min(positions, layout.positions) * layout.perPosition : perPart;
      for (int part = 0; part < layout.parts; part++) {
        elements.copy(layout.state, ((long) from * layout.parts + part) * perPart, ((long) to * layout.parts + part) * perPart, count);
      }
    }
  }
}
