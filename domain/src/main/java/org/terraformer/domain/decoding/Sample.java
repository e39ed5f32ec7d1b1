package org.terraformer.domain.decoding;

import java.util.List;

/**
 * One generated sequence.
 *
 * @param ids the generated ids, without the prompt and without the id that ended it
 * @param text their text; empty without a tokenizer
 * @param logProbabilities of the ids, if they were asked for, else empty
 */
public record Sample(List<Integer> ids, String text, List<Double> logProbabilities, FinishReason reason) {
  public Sample {
    ids = List.copyOf(ids);
    logProbabilities = List.copyOf(logProbabilities);
  }

  /** Why a sample ended. */
  public enum FinishReason {
    /** It has as many tokens as were asked for. */
    MAX_TOKENS,
    STOP_ID,
    STOP_TEXT,
    /** The model knows no further position. */
    CONTEXT_FULL,
    /** The listener wanted no more. */
    CANCELLED
  }
}
