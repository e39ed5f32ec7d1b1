package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.terraformer.app.evaluation.SummaryEvaluation;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Option;

/** What summaries are compared, and how. */
final class RougeOptions {
  @Option(names = "--rouge", paramLabel = "FILE",
      description = "ROUGE of --candidates, or of the --lead, against the summaries in this file: JSON lines. "
          + "No model is needed.")
  private Path references;

  @Option(names = "--candidates", paramLabel = "FILE", description = "With --rouge: JSON lines with a summary for each line.")
  private Path candidates;

  @Option(names = "--lead", paramLabel = "N", arity = "0..1", fallbackValue = "3",
      description = "With --rouge: take the first N sentences of each source text (3).")
  private Integer lead;

  @Option(names = "--source-field", paramLabel = "NAME", description = "With --lead: the field of the source texts (article).")
  private String sourceField;

  @Option(names = "--target-field", paramLabel = "NAME", description = "With --rouge: the field of the summaries (abstract).")
  private String targetField;

  @Option(names = "--candidate-field", paramLabel = "NAME",
      description = "With --candidates: the field of the summaries (summary).")
  private String candidateField;

  @Option(names = "--stem", description = "With --rouge: compare words by their stems.")
  private boolean stemmed;

  boolean given() {
    return references != null;
  }

  /** Finds options that don't go together. */
  void check() {
    if (!given()
        && (stemmed || Stream.of(candidates, lead, sourceField, targetField, candidateField).anyMatch(each -> each != null))) {
      throw new InvalidInputException("--candidates, --lead, --stem and the names of fields of summaries are for --rouge only.");
    }
    if (given() && (candidates == null) == (lead == null)) {
      throw new InvalidInputException("--rouge needs either --candidates or --lead.");
    }
    if (lead != null && (lead < 1 || candidateField != null)) {
      throw lead < 1 ? InvalidInputException.of("--lead is %d but must be 1 or more.", lead)
          : new InvalidInputException("--candidate-field is for --candidates only.");
    }
    if (candidates != null && sourceField != null) {
      throw new InvalidInputException("--source-field is for --lead only.");
    }
  }

  Map<String, Object> figures(int limit, ProgressListener progress) {
    SummaryEvaluation evaluation =
        new SummaryEvaluation(references, targetField == null ? SummaryFields.TARGET : targetField, stemmed, limit);
    return lead != null ? evaluation.lead(lead, sourceField == null ? SummaryFields.SOURCE : sourceField, progress)
        : evaluation.of(candidates, candidateField == null ? SummaryFields.CANDIDATE : candidateField, progress);
  }
}
