package org.terraformer.domain.model;

import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.layer.TokenEmbedding;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.SequenceMean;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * An encoder whose normalised rows are averaged, padding included, and classified: {@code W mean_t(norm(h_t)) + b}.
 *
 * <p>Input {@code tokens}: I32 for each row, whole sequences in one run. Output {@code logits}: F32 [classes] for each sequence. Scopes of
 * weights: as {@link TransformerLm}.
 */
final class EncoderClassifier {
  private EncoderClassifier() {}

  static Value record(Recorder recorder, ModelConfig config, LayerTypes types) {
    ModelLayers layers = ModelLayers.of(config, types);
    Value tokens = recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Recorder masked = recorder.masked(recorder.apply(new NotEqual(config.paddingId()), tokens));
    Value table = new TokenEmbedding(config.vocabularySize(), config.width()).table(masked.scope("embedding"));
    Value h = layers.embedded(masked, tokens, table, "positions");
    for (int block = 0; block < config.blocks(); block++) {
      h = layers.encoderBlock(masked.scope("blocks." + block), block, h);
    }
    h = layers.normalization().record(recorder.scope("final_norm"), h);
    return layers.logits().record(recorder.scope("logits"), recorder.apply(new SequenceMean(), h));
  }
}
