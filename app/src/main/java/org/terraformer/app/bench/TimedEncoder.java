package org.terraformer.app.bench;

import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.EncodedSource;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.progress.ProgressListener;

/**
 * A source as a model's encoder has read it.
 *
 * @param seconds that the encoder took, in its second run
 */
record TimedEncoder(EncodedSource source, double seconds) {

  /** Runs the encoder on a source of so many tokens. */
  static TimedEncoder run(ModelConfig config, LayerTypes types, Backend backend, WeightSource weights, int tokens) {
    SourceModel model = SourceModel.of(config, types);
    int[] ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = 1 + i % (model.sourceVocabulary() - 1);
    }
    try (Executable encoder =
        backend.prepare(model.encoder(), weights, new ExecutionLimits(1, tokens, tokens), ProgressListener.NONE)) {
      EncodedSource.of(encoder, ids, config.paddingId());
      long start = System.nanoTime();
      EncodedSource encoded = EncodedSource.of(encoder, ids, config.paddingId());
      return new TimedEncoder(encoded, (System.nanoTime() - start) / 1e9);
    }
  }
}
