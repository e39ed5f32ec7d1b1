package org.terraformer.domain.evaluation;

import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;

/**
 * Scores a text that is longer than a model's context: a window moves over it by {@code stride} tokens, and of each window the
 * last tokens are scored that no earlier window has scored, so that each has at least {@code length - stride} tokens before it
 * but at the text's start.
 *
 * @param length tokens of a window
 * @param stride by how much it moves; the window's length leaves no overlap
 */
public record SlidingWindow(int length, int stride) {
  /**
   * @throws InvalidInputException if a number is out of its range
   */
  public SlidingWindow {
    if (length < 1) {
      throw InvalidInputException.of("The length of a window is %d but must be at least 1.", length);
    }
    if (stride < 1 || stride > length) {
      throw InvalidInputException.of("The stride is %d but must be from 1 to the window's %d tokens.", stride, length);
    }
  }

  /**
   * Scores all tokens of a text.
   *
   * @throws InvalidInputException if there are none
   */
  public TextScore score(TokenSequence tokens, Scorer scorer, ProgressListener progress) {
    long total = tokens.length();
    if (total < 1) {
      throw new InvalidInputException("The text has no tokens to score.");
    }
    int first = (int) Math.min(length, total);
    int[] buffer = new int[Math.max(first, scorer.rows())];
    tokens.copy(0, buffer, 0, first);
    scorer.run(buffer, 1, first, first);
    TextScore score = new TextScore(0, 0, 0).plus(scorer, first);
    int most = Math.max(1, Math.min(scorer.sequences(), scorer.rows() / length));
    long done = first;
    while (done < total) {
      int kept = (int) Math.min(stride, total - done);
      int together = kept < stride ? 1 : (int) Math.min(most, (total - done) / stride);
      for (int i = 0; i < together; i++) {
        tokens.copy(done + (long) i * stride + kept - length, buffer, i * length, length);
      }
      scorer.run(buffer, together, length, kept);
      score = score.plus(scorer, together * kept);
      done += (long) together * kept;
      progress.progressed("scoring", done, total);
    }
    return score;
  }
}
