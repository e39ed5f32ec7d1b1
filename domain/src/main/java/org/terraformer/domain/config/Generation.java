package org.terraformer.domain.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.terraformer.domain.decoding.Sampling;

/**
 * How a model generates where nobody says otherwise.
 *
 * @param maxTokens tokens to generate at most, if the model has an opinion
 * @param sourceTokens tokens of a source to read at most, as many as sources had where the model was trained, if that is known
 */
public record Generation(Sampling sampling, OptionalInt maxTokens, OptionalInt sourceTokens) {
  /** The most likely tokens, however many are asked for. */
  public static final Generation DEFAULT = new Generation(Sampling.GREEDY, OptionalInt.empty(), OptionalInt.empty());

  private static final int MOST_TOKENS = 1_000_000;

  static Generation read(Options options) {
    Sampling greedy = Sampling.GREEDY;
    Generation read = new Generation(
        new Sampling(options.number("temperature", 0, 100, greedy.temperature()),
            options.integer("top_k", 0, Options.LARGEST_SIZE, greedy.topK()),
            options.number("top_p", 1e-6, 1, greedy.topP()),
            options.number("min_p", 0, 1, greedy.minP()),
            options.number("repetition_penalty", 0.01, 100, greedy.repetitionPenalty())),
        tokens(options, "max_tokens"), tokens(options, "source_tokens"));
    options.finish();
    return read;
  }

  private static OptionalInt tokens(Options options, String field) {
    return options.has(field) ? OptionalInt.of(options.integer(field, 1, MOST_TOKENS)) : OptionalInt.empty();
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("temperature", sampling.temperature());
    map.put("top_k", sampling.topK());
    map.put("top_p", sampling.topP());
    map.put("min_p", sampling.minP());
    map.put("repetition_penalty", sampling.repetitionPenalty());
    maxTokens.ifPresent(most -> map.put("max_tokens", most));
    sourceTokens.ifPresent(most -> map.put("source_tokens", most));
    return map;
  }
}
