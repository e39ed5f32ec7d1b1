package org.terraformer.domain.decoding;

import java.util.List;
import java.util.Set;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * What is to be generated.
 *
 * @param prompt the ids that the model is fed with first, its start id included; at most as many as the context holds
 * @param maxTokens tokens to generate at most; fewer if the context is full before
 * @param stopIds ids that end a sample; they are not part of it
 * @param stopTexts texts that end a sample; neither they nor what follows is part of its text
 * @param seed the same seed draws the same samples
 * @param samples how many independent samples of the prompt to draw
 * @param logProbabilities whether the log-probability of each token is wanted
 */
public record GenerationRequest(List<Integer> prompt, int maxTokens, Sampling sampling, Set<Integer> stopIds,
    List<String> stopTexts, long seed, int samples, boolean logProbabilities) {
  /**
   * @throws InvalidInputException if there is no token, a stop text is empty, or a number is less than 1
   */
  public GenerationRequest {
    prompt = List.copyOf(prompt);
    stopIds = Set.copyOf(stopIds);
    stopTexts = List.copyOf(stopTexts);
    if (prompt.isEmpty()) {
      throw new InvalidInputException("The prompt has no token; at least the start id is needed.");
    }
    if (maxTokens < 1) {
      throw InvalidInputException.of("The number of tokens to generate is %d but must be at least 1.", maxTokens);
    }
    if (samples < 1) {
      throw InvalidInputException.of("The number of samples is %d but must be at least 1.", samples);
    }
    if (stopTexts.stream().anyMatch(String::isEmpty)) {
      throw new InvalidInputException("A stop text is empty; it must have at least one character.");
    }
  }

  /** One greedy sample without stops. */
  public static GenerationRequest greedy(List<Integer> prompt, int maxTokens) {
    return new GenerationRequest(prompt, maxTokens, Sampling.GREEDY, Set.of(), List.of(), 0, 1, false);
  }
}
