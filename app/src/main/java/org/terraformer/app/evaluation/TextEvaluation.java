package org.terraformer.app.evaluation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.terraformer.app.data.TextFile;
import org.terraformer.domain.evaluation.SlidingWindow;
import org.terraformer.domain.evaluation.TextScore;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;

/** Perplexity and bits per byte of a text, by a sliding window. */
public final class TextEvaluation {
  private TextEvaluation() {}

  /**
   * Scores all tokens of a file's texts, one text after another.
   *
   * @param stride 0 for half of the context
   * @param limit tokens to score at most; 0 for all
   */
  public static Map<String, Object> run(EvaluatedModel model, Path file, String field, int stride, int limit,
      ProgressListener progress) {
    SlidingWindow window = new SlidingWindow(model.context(), stride == 0 ? Math.max(1, model.context() / 2) : stride);
    Tokens tokens = new Tokens(model);
    new TextFile(file, field).read(tokens, progress);
    int[] ids = tokens.ids.build().toArray();
    if (ids.length == 0) {
      throw InvalidInputException.of("The text file %s has no text.", file);
    }
    int scored = limit == 0 ? ids.length : Math.min(limit, ids.length);
    double bytes = scored == ids.length ? tokens.bytes
        : model.tokenizer().decode(Arrays.copyOf(ids, scored)).getBytes(StandardCharsets.UTF_8).length;
    TextScore score = window.score(TokenSequence.of(ids).part(0, scored), model.scorer(), progress);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("perplexity", score.perplexity());
    figures.put("bits_per_byte", score.bitsPerByte(bytes));
    figures.put("tokens", score.tokens());
    figures.put("accuracy", score.accuracy());
    figures.put("bytes", (long) bytes);
    figures.put("context", window.length());
    figures.put("stride", window.stride());
    return figures;
  }

  private static final class Tokens implements TextFile.Sink {
    private final EvaluatedModel model;
    private final IntStream.Builder ids = IntStream.builder();
    private long bytes;

    private Tokens(EvaluatedModel model) {
      this.model = model;
    }

    @Override
    public void piece(String text) {
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
      for (int id : model.tokenizer().encode(text)) {
        ids.add(id);
      }
    }

    @Override
    public void endOfText() {
      // The texts follow one another as they do in the file.
    }
  }
}
