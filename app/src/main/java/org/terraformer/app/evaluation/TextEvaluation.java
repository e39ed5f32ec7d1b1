package org.terraformer.app.evaluation;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.app.data.CachedTokens;
import org.terraformer.app.data.TemporaryTokens;
import org.terraformer.app.data.TextFile;
import org.terraformer.domain.evaluation.SlidingWindow;
import org.terraformer.domain.evaluation.TextScore;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/** Perplexity and bits per byte of a text, by a sliding window. */
public final class TextEvaluation {
  private TextEvaluation() {}

  /**
   * Scores all tokens of a file's texts, one text after another, each with the id behind it that stood there in training.
   *
   * @param stride 0 for half of the context
   * @param limit tokens to score at most; 0 for all
   */
  public static Map<String, Object> run(EvaluatedModel model, Path file, String field, int stride, int limit,
      ProgressListener progress) {
    SlidingWindow window = new SlidingWindow(model.context(), stride == 0 ? Math.max(1, model.context() / 2) : stride);
    try (TemporaryTokens kept = TemporaryTokens.of(new TextFile(file, field), model.tokenizer(), model.endId(),
        limit == 0 ? Long.MAX_VALUE : limit, progress)) {
      CachedTokens tokens = kept.tokens();
      if (tokens.textBytes() == 0) {
        throw InvalidInputException.of("The text file %s has no text.", file);
      }
      return figures(window, window.score(tokens, model.scorer(), progress), tokens.textBytes());
    }
  }

  private static Map<String, Object> figures(SlidingWindow window, TextScore score, long bytes) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("perplexity", score.perplexity());
    figures.put("bits_per_byte", score.bitsPerByte(bytes));
    figures.put("tokens", score.tokens());
    figures.put("accuracy", score.accuracy());
    figures.put("bytes", bytes);
    figures.put("context", window.length());
    figures.put("stride", window.stride());
    return figures;
  }
}
