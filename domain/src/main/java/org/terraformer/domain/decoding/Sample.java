package org.terraformer.domain.decoding;

import java.util.List;

/**
 * One generated sequence.
 *
 * @param ids the generated ids, without the prompt and without the stop id that ended it; those that made up a stop text are
 *     among them
 * @param text their text as it goes on from the prompt's, up to a stop text; empty without a tokenizer
 * @param logProbabilities of the ids, if they were asked for, else empty: natural logarithms of what the model itself gives them,
 *     before penalty, temperature and filters
 */
public record Sample(List<Integer> ids, String text, List<Double> logProbabilities, FinishReason reason) {
  public Sample {
    ids = List.copyOf(ids);
    logProbabilities = List.copyOf(logProbabilities);
  }

  /** Why a sequence ended. */
  public enum FinishReason {
    /** It has as many tokens as were asked for. */
    MAX_TOKENS,
    /** The model chose an id that ends it. */
    STOP_ID,
    /** Its text came to a stop text. */
    STOP_TEXT,
    /** The model knows no further position. */
    CONTEXT_FULL,
    /** The listener wanted no more. */
    CANCELLED
  }
}
