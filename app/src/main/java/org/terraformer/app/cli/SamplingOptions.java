package org.terraformer.app.cli;

import org.terraformer.domain.decoding.Sampling;
import picocli.CommandLine.Option;

/** How the next token is chosen, where that is not left to the model's configuration. */
final class SamplingOptions {
  @Option(names = "--temperature", paramLabel = "T",
      description = "0 takes the most likely token. This and the next four: as the model's configuration says; if it does not, 0 and no limits.")
  private Double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "Draw from the K most likely tokens; 0 for all.")
  private Integer topK;

  @Option(names = "--top-p", paramLabel = "P", description = "Draw from the fewest tokens whose probabilities reach P; 1 for all.")
  private Double topP;

  @Option(names = "--min-p", paramLabel = "P", description = "Draw from tokens at least P times as likely as the likeliest; 0 for all.")
  private Double minP;

  @Option(names = "--repetition-penalty", paramLabel = "R", description = "Above 1 makes tokens that occurred less likely; 1 changes nothing.")
  private Double repetitionPenalty;

  /** Whether options say how to draw while nothing is drawn. */
  boolean idle(Sampling usual) {
    Sampling given = sampling(Sampling.GREEDY);
    return sampling(usual).temperature() == 0 && (given.topK() != 0 || given.topP() != 1 || given.minP() != 0);
  }

  /** What the options say, and what is usual where they say nothing. */
  Sampling sampling(Sampling usual) {
    return new Sampling(
        temperature == null ? usual.temperature() : temperature,
        topK == null ? usual.topK() : topK,
        topP == null ? usual.topP() : topP,
        minP == null ? usual.minP() : minP,
        repetitionPenalty == null ? usual.repetitionPenalty() : repetitionPenalty);
  }
}
