package org.terraformer.app.evaluation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.app.data.TextFile;
import org.terraformer.domain.evaluation.LastWord;
import org.terraformer.domain.evaluation.PassageScores;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/** The accuracy of the last words of passages: LAMBADA's JSON lines. */
public final class LastWordEvaluation {
  private LastWordEvaluation() {}

  /**
   * @param limit passages at most; 0 for all
   */
  public static Map<String, Object> run(EvaluatedModel model, Path file, String field, int limit, ProgressListener progress) {
    List<String> texts = texts(file, field, limit, progress);
    PassageScores scores = PassageScores.of(LastWord.all(texts, model.tokenizer()), model.scorer(), progress);
    long tokens = 0;
    double nats = 0;
    long bytes = 0;
    int right = 0;
    for (int i = 0; i < scores.count(); i++) {
      tokens += scores.tokens(i);
      nats += scores.nats(i);
      bytes += LastWord.word(texts.get(i)).getBytes(StandardCharsets.UTF_8).length;
      right += scores.right(i) ? 1 : 0;
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("perplexity", Math.exp(nats / tokens));
    figures.put("bits_per_byte", nats / Math.log(2) / bytes);
    figures.put("tokens", tokens);
    figures.put("accuracy", (double) right / scores.count());
    figures.put("passages", scores.count());
    figures.put("context", model.context());
    return figures;
  }

  private static List<String> texts(Path file, String field, int limit, ProgressListener progress) {
    List<String> texts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    new TextFile(file, field).read(new TextFile.Sink() {
      @Override
      public void piece(String piece) {
        text.append(piece);
      }

      @Override
      public void endOfText() {
        texts.add(text.toString());
        text.setLength(0);
      }

      @Override
      public boolean wantsMore() {
        return limit == 0 || texts.size() < limit;
      }
    }, progress);
    if (texts.isEmpty()) {
      throw InvalidInputException.of("The file %s has no passages.", file);
    }
    return texts;
  }
}
