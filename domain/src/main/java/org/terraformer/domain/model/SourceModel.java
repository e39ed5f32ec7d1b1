package org.terraformer.domain.model;

import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * A model that reads a source and then generates: recorded whole, for training, and in two parts. The encoder runs once for each source, on
 * all its rows; what it gives is written to inputs of the decoder. The weights have the same names in all recordings.
 */
public sealed interface SourceModel permits EncoderDecoder, Terraformer {
  /** The input with the token ids of the source. */
  String SOURCE = "source";

  /** The input with the number of source tokens of each sequence, where source and target stand in one sequence. */
  String SOURCE_LENGTHS = "source_lengths";

  /**
   * The model that a configuration describes.
   *
   * @throws InvalidInputException if it reads no source, or naming the first mistake in a layer's options
   */
  static SourceModel of(ModelConfig config, LayerTypes types) {
    return switch (config.architecture()) {
      case Architecture.EncoderDecoder architecture -> new EncoderDecoder(config, architecture, types);
      case Architecture.Terraformer architecture -> new Terraformer(config, architecture, types);
      case Architecture.DecoderOnly other -> throw readsNone(other);
      case Architecture.EncoderClassifier other -> throw readsNone(other);
    };
  }

  private static InvalidInputException readsNone(Architecture architecture) {
    return InvalidInputException.of("The model is %s, which reads no source.", architecture.aName());
  }

  /**
   * Records the whole model on rows in which source and target are laid out as {@link SourceTargetRows} does it.
   *
   * @return the logits for each kept row
   */
  Value record(Recorder recorder);

  /** The number of token ids of the source. */
  int sourceVocabulary();

  /** The encoder: input {@code source}, all rows of one source in one run; its outputs have the names of the decoder's inputs. */
  Program encoder();

  /**
   * The decoder: inputs {@code tokens} and what the encoder gives; output {@code logits}.
   *
   * @param sourceLength the tokens of the source
   */
  Program decoder(int sourceLength);
}
