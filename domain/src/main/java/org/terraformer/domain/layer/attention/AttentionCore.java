package org.terraformer.domain.layer.attention;

import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/** Attention itself, between the projections of a layer. */
@FunctionalInterface
public interface AttentionCore {

  /**
   * Records the attention of queries to keys, heads being equal contiguous slices.
   *
   * @param recorder stands in the layer's scope
   * @param query F32 [d] for each row
   * @param key as the query, or the same value where both are shared
   * @param value F32 [dv] for each row
   * @return F32 [dv] for each row
   */
  Value attend(Recorder recorder, Value query, Value key, Value value, int heads);
}
