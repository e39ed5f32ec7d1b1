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

  private SlotCopy() {}

  /**
   * Copies from one slot to another. State for each position lies as {@link org.terraformer.cpu.scalar.ScalarKernel} tells.
   *
   * @param positions that are in use
   */
  public static void copy(Program program, ExecutionLimits limits, int from, int to, int positions, Elements elements) {
    for (Value state : program.states()) {
      if (state.extent() != Extent.CONTEXT) {
        elements.copy(state, (long) from * state.width(), (long) to * state.width(), state.width());
        continue;
      }
      int parts = program.readersOf(state).stream().map(Step::operation).findFirst().map(Operation::contextParts).orElse(1);
      long perPosition = state.width() / parts;
      long perPart = limits.contextLength() * perPosition;
      for (int part = 0; part < parts; part++) {
        elements.copy(state, ((long) from * parts + part) * perPart, ((long) to * parts + part) * perPart,
            Math.min(positions, limits.contextLength()) * perPosition);
      }
    }
  }
}
