package org.terraformer.app.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.training.Samples;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.text.Tokenizer;

/**
 * What is asked of a model while it is trained.
 *
 * @param ids the model's start id and the prompt's
 */
record SamplePrompt(ModelConfig model, Samples samples, Optional<Tokenizer> tokenizer, List<Integer> ids) {
  private static final int LEAST_CONTEXT = 256;

  /**
   * @param tokenizer without one the prompt is the start id alone
   * @throws InvalidInputException if the prompt has more tokens than the model knows positions
   */
  static SamplePrompt of(ModelConfig model, Samples samples, Optional<Tokenizer> tokenizer) {
    List<Integer> ids = new ArrayList<>(List.of(model.startId()));
    tokenizer.ifPresent(known -> {
      for (int id : known.encode(samples.prompt())) {
        ids.add(id);
      }
    });
    if (ids.size() > model.maxLength()) {
      throw InvalidInputException.of(
          "The field samples.prompt has %d tokens with the start id, but the model knows %d positions (max_length).", ids.size(),
          model.maxLength());
    }
    return new SamplePrompt(model, samples, tokenizer, ids);
  }

  /** What the model needs room for to draw; a sample ends where the model's positions do. */
  ExecutionLimits limits(Program program) {
    int context = Math.min(model.maxLength(), Math.max(LEAST_CONTEXT, ids.size() + samples.tokens()));
    return DecodingSession.limits(program, 1, context, DType.F32);
  }

  /** A sample, drawn by the step that it is of. */
  GenerationRequest request(long step) {
    Set<Integer> ends = model.endId().isPresent() ? Set.of(model.endId().getAsInt()) : Set.of();
    Sampling sampling = new Sampling(samples.temperature(), 0, 1, 0, 1);
    return new GenerationRequest(ids, samples.tokens(), sampling, ends, List.of(), step, 1, false);
  }
}
