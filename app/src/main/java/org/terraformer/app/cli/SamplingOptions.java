package org.terraformer.app.cli;

import org.terraformer.domain.decoding.Sampling;
import picocli.CommandLine.Option;

/** How the next token is chosen. */
final class SamplingOptions {
  @Option(names = "--temperature", defaultValue = "0", paramLabel = "T", description = "0 takes the most likely token (default).")
  private double temperature;

  @Option(names = "--top-k", defaultValue = "0", paramLabel = "K",
      description = "Draw from the K most likely tokens; 0 for all (default).")
  private int topK;

  @Option(names = "--top-p", defaultValue = "1", paramLabel = "P",
      description = "Draw from the fewest tokens whose probabilities reach P.")
  private double topP;

  @Option(names = "--min-p", defaultValue = "0", paramLabel = "P",
      description = "Draw from tokens at least P times as likely as the likeliest.")
  private double minP;

  @Option(names = "--repetition-penalty", defaultValue = "1", paramLabel = "R",
      description = "Above 1 makes tokens that occurred less likely.")
  private double repetitionPenalty;

  /** Whether options say how to draw while nothing is drawn. */
  boolean idle() {
    return temperature == 0 && (topK != 0 || topP != 1 || minP != 0);
  }

  Sampling sampling() {
    return new Sampling(temperature, topK, topP, minP, repetitionPenalty);
  }
}
