package org.terraformer.app.experiment;

import java.util.List;

/**
 * The trainings of a row together.
 *
 * @param loss the mean over the seeds, in nats per token
 * @param spread half of the distance between the least and the greatest loss
 * @param tokensPerSecond of training, the mean
 */
record RowSummary(double loss, double spread, double tokensPerSecond) {

  /** Of at least one result. */
  static RowSummary of(List<RowResult> results) {
    double least = results.stream().mapToDouble(RowResult::loss).min().orElseThrow();
    double most = results.stream().mapToDouble(RowResult::loss).max().orElseThrow();
    return new RowSummary(results.stream().mapToDouble(RowResult::loss).average().orElseThrow(), (most - least) / 2,
        results.stream().mapToDouble(RowResult::tokensPerSecond).average().orElseThrow());
  }

  double perplexity() {
    return Math.exp(loss);
  }

  /** By how much the perplexity is higher than another, as a part of the other. */
  double above(RowSummary other) {
    return perplexity() / other.perplexity() - 1;
  }
}
