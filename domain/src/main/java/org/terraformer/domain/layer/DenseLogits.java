package org.terraformer.domain.layer;

/**
 * Dense logits: a {@link Dense} layer onto the vocabulary.
 */
public final class DenseLogits {
  /** No options. */
  public static final LayerType TYPE =
      LayerType.of(LayerRole.LOGITS, "dense", (options, context) -> new Dense(context.vocabularySize()));

  private DenseLogits() {}
}
