package org.terraformer.domain.layer;

import java.util.Map;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * A layer of a decoder that attends to a source, as types of the role {@code cross_attention} make them. Its {@link #record} gets the decoder's
 * rows, and the source by {@link Recorder#source}: the encoder's rows, in a model that is recorded whole, or what {@link #remember} made of them
 * when the source was read, in a decoder.
 */
public interface SourceLayer extends Layer {

  /** The heads that what is remembered is laid out by. */
  int heads();

  /**
   * Records what decoding needs of a source, which is computed once for it.
   *
   * @param rows what the encoder gives: F32 for each row
   * @return F32 for each row, of a width that the heads divide, by names under which the decoder finds them in
   *     {@link org.terraformer.ports.recording.Source.Memory}
   */
  Map<String, Value> remember(Recorder recorder, Value rows);
}
