package org.terraformer.app.library;

import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.EncodedSource;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Prepares the two parts of a model that reads a source: an encoder that has room for this source and is gone when it was read, and a decoder
 * behind it.
 */
record SourceReader(CompositionRoot root, Settings settings, ModelConfig config, SourceModel model, WeightSource weights,
    ProgressListener progress) {

  /**
   * Runs the encoder.
   *
   * @throws InvalidInputException if there is no token besides padding, one is not in the vocabulary, or there are more than the model knows
   *     positions
   */
  EncodedSource encode(int[] ids) {
    int[] source = EncodedSource.withoutPadding(ids, config.paddingId());
    int vocabulary = model.sourceVocabulary();
    for (int id : source) {
      if (id < 0 || id >= vocabulary) {
        throw InvalidInputException.of("The source's token id %d is not in the vocabulary, whose ids are 0 to %d.", id, vocabulary - 1);
      }
    }
    if (source.length > config.maxLength()) {
      throw InvalidInputException.of("The source has %d tokens but the model knows %d positions.", source.length, config.maxLength());
    }
    progress.progressed("encoding the source", 0, source.length);
    ExecutionLimits limits = new ExecutionLimits(1, source.length, source.length, settings.cache());
    try (var encoder = Prepared.of(root, settings, model.encoder(), weights, limits, progress).executable()) {
      return EncodedSource.of(encoder, source, config.paddingId());
    } finally {
      progress.progressed("encoding the source", source.length, source.length);
    }
  }

  /**
   * Prepares a decoder.
   *
   * @param context positions of the target
   */
  Prepared decoder(EncodedSource encoded, int context) {
    Program decoder = model.decoder(encoded.length());
    ExecutionLimits limits = DecodingSession.limits(decoder, settings.slots(), encoded.length() + context, settings.cache());
    return Prepared.of(root, settings, decoder, weights, limits, progress);
  }
}
