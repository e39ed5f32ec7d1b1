package org.terraformer.app.bench;

import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;

/** Models with other numbers of blocks: so many in the decoder, and at most so many in the encoder. */
public final class Depth {
  private Depth() {}

  /** The same model with so many blocks. */
  public static ModelConfig of(ModelConfig config, int blocks) {
    return new ModelConfig(config.vocabularySize(), config.width(), blocks, config.maxLength(), config.normalization(),
        config.positions(), config.attention(), config.feedForward(), config.recurrence(), config.logits(), config.startId(),
        config.endId(), config.paddingId(), config.tokenizer(), config.generation(), of(config.architecture(), blocks));
  }

  private static Architecture of(Architecture architecture, int blocks) {
    return switch (architecture) {
      case Architecture.EncoderDecoder two -> new Architecture.EncoderDecoder(
          of(two.source(), blocks), two.sourceVocabulary(), two.crossAttention());
      case Architecture.Terraformer two -> new Architecture.Terraformer(of(two.source(), blocks), two.reversibleEncoder(),
          two.encoderSwaps(), two.attentionLayers(), two.forgetAfter(), two.outerNormalization());
      default -> architecture;
    };
  }

  private static Architecture.Encoder of(Architecture.Encoder encoder, int blocks) {
    return new Architecture.Encoder(Math.min(encoder.blocks(), blocks), encoder.attention());
  }
}
