package org.terraformer.app.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.app.data.JsonLines;
import org.terraformer.domain.evaluation.Sentences;
import org.terraformer.domain.evaluation.rouge.Rouge;
import org.terraformer.domain.evaluation.rouge.RougeMean;
import org.terraformer.domain.evaluation.rouge.RougeScore;
import org.terraformer.domain.evaluation.rouge.RougeType;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * ROUGE of summaries against those that people wrote.
 *
 * @param references JSON lines
 * @param targetField with the summaries that people wrote
 * @param stemmed whether words are compared by their stems
 * @param limit summaries at most; 0 for all
 */
public record SummaryEvaluation(Path references, String targetField, boolean stemmed, int limit) {

  /** ROUGE of the first sentences of each source text. */
  public Map<String, Object> lead(int sentences, String sourceField, ProgressListener progress) {
    List<String> targets = new ArrayList<>();
    List<String> leads = new ArrayList<>();
    new JsonLines(references, List.of(targetField, sourceField)).read((number, texts) -> {
      targets.add(texts.getFirst());
      return leads.add(Sentences.lead(texts.getLast(), sentences));
    }, progress);
    return figures(targets, leads, progress);
  }

  /**
   * ROUGE of the texts of another file of JSON lines, of as many lines.
   *
   * @throws InvalidInputException if there are not as many
   */
  public Map<String, Object> of(Path candidates, String candidateField, ProgressListener progress) {
    List<String> targets = texts(references, targetField, progress);
    List<String> given = texts(candidates, candidateField, progress);
    if (targets.size() != given.size()) {
      throw InvalidInputException.of("%s has %d summaries but %s has %d candidates; line by line they belong together.", references,
          targets.size(), candidates, given.size());
    }
    return figures(targets, given, progress);
  }

  private static List<String> texts(Path file, String field, ProgressListener progress) {
    List<String> texts = new ArrayList<>();
    new JsonLines(file, List.of(field)).read((number, line) -> texts.add(line.getFirst()), progress);
    return texts;
  }

  private Map<String, Object> figures(List<String> targets, List<String> candidates, ProgressListener progress) {
    Rouge rouge = new Rouge(stemmed);
    RougeMean mean = new RougeMean();
    int count = limit == 0 ? targets.size() : Math.min(limit, targets.size());
    for (int i = 0; i < count; i++) {
      mean.add(rouge.score(targets.get(i), candidates.get(i)));
      progress.progressed("comparing", i + 1, count);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Map.Entry<RougeType, RougeScore> each : mean.scores().entrySet()) {
      Map<String, Object> score = new LinkedHashMap<>();
      score.put("precision", each.getValue().precision());
      score.put("recall", each.getValue().recall());
      score.put("f1", each.getValue().f1());
      figures.put(each.getKey().label(), score);
    }
    figures.put("texts", mean.count());
    return figures;
  }
}
