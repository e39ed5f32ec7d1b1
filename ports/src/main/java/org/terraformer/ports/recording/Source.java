package org.terraformer.ports.recording;

import java.util.Map;
import org.terraformer.ports.kernel.Value;

/** What the rows of a decoder can attend to besides those of their own sequence. */
public sealed interface Source {

  /**
   * A source in the rows of the same run, as in a model that is recorded whole.
   *
   * @param rows what the encoder gives: F32 for each row
   * @param mask I32 for each row: 0 hides it
   */
  record Rows(Value rows, Value mask) implements Source {}

  /**
   * What a layer kept of a source that was read before.
   *
   * @param values by the names that the layer gave them: inputs F32 [heads, tokens, size] that all rows of all sequences share
   */
  record Memory(Map<String, Value> values) implements Source {
    public Memory {
      values = Map.copyOf(values);
    }
  }
}
