package org.terraformer.domain.layer;

/**
 * What a layer type may need to know of the model that its layer is for.
 *
 * @param width d_model
 * @param vocabularySize the number of token ids
 * @param maxLength positions that the model knows
 * @param normalization the model's normalisation, for layers that hold one of their own
 */
public record LayerContext(int width, int vocabularySize, int maxLength, Layer normalization) {}
