package org.terraformer.domain.model;

import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Records the models that configurations describe, of every architecture. */
public final class Models {
  private Models() {}

  /**
   * The whole model as one program, whose weights are all weights of the model in the order of the reference implementation.
   *
   * @throws org.terraformer.ports.failure.InvalidInputException naming the first mistake in a layer's options
   */
  public static Program record(ModelConfig config, LayerTypes types) {
    Recorder recorder = new Recorder();
    recorder.output(TransformerLm.LOGITS, logits(config, types, recorder));
    return recorder.program();
  }

  /** Records the whole model; gives the logits. */
  public static Value logits(ModelConfig config, LayerTypes types, Recorder recorder) {
    return switch (config.architecture()) {
      case Architecture.DecoderOnly any ->
          TransformerLm.layer(config, types).record(recorder, recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW));
      case Architecture.EncoderClassifier any -> EncoderClassifier.record(recorder, config, types);
      case Architecture.EncoderDecoder any -> SourceModel.of(config, types).record(recorder);
      case Architecture.Terraformer any -> SourceModel.of(config, types).record(recorder);
    };
  }

  /** The program that decodes one token after another: of a model that reads a source, its decoder alone. */
  public static Program decoder(ModelConfig config, LayerTypes types, int sourceLength) {
    return config.architecture().encoder().isPresent() ? SourceModel.of(config, types).decoder(sourceLength) : record(config, types);
  }
}
