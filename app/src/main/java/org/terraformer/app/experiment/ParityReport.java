package org.terraformer.app.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The table of a comparison in Markdown, with a picture of its curves. What belongs to {@code parity.md} is in the folder
 * {@code parity} beside it.
 */
public record ParityReport(Path file, ParityPlan plan) {
  private static final String MARKDOWN = ".md";
  private static final String HEADING = """
      | model | parameters | d_ff | tokens | validation loss | perplexity | to %s | seeds | training tokens/s \
      | decoding ms/token | MB/token |
      |---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|
      """;

  /**
   * @throws InvalidInputException if the name does not end with .md
   */
  public ParityReport {
    if (!file.toString().endsWith(MARKDOWN) || Files.isDirectory(file)) {
      throw InvalidInputException.of("--report is %s but must be a file whose name ends with %s.", file, MARKDOWN);
    }
  }

  /** The folder with the results that the report is made of. */
  public Path results() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - MARKDOWN.length()));
  }

  /**
   * Writes the table and the picture.
   *
   * @throws InvalidInputException if they can't be written
   */
  public void write(ParityResults results) {
    try {
      Files.createDirectories(results());
      boolean drawn = plan.rows().stream().anyMatch(row -> !results.of(row).isEmpty());
      if (drawn) {
        ValidationCurves.write(results().resolve("curves.svg"), plan, results);
      }
      String text = text(results) + (drawn ? "\n![validation losses](%s/curves.svg)\n".formatted(results().getFileName()) : "");
      ReplacedFile.write(file, partial -> Files.writeString(partial, text));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }

  /** The report without its picture. */
  String text(ParityResults results) {
    ParityRow baseline = plan.baseline();
    TrainingConfig config = baseline.config();
    List<String> others = plan.rows().stream().filter(row -> Math.abs(moreParameters(row)) > EqualParameters.TOLERANCE)
        .map(ParityRow::title).toList();
    StringBuilder text = new StringBuilder(format("""
        # Sparse models beside dense ones

        Each model is trained on %,d tokens of %s, in %,d steps of %d windows of %d, with a vocabulary of %,d, and validated on
        %,d tokens of %s. All%s have the parameters of the first row within %.0f %%: where a sparse layer saves parameters, the
        feed-forward layers are larger (d_ff). Where there are several seeds, the loss is the mean and ± half of its range. \
        Perplexities are
        compared with that of the first row. Decoding is of one sequence with F32 weights, all models in turns. The rows were trained
        at different times, so that their training tokens/s can hardly be compared.

        """, baseline.tokens(), String.join(", ", plan.data()), config.steps(), config.batch(), config.length(),
        plan.vocabularySize(), config.validation().tokens(), String.join(", ", plan.validation()),
        others.isEmpty() ? "" : " but " + String.join("; ", others), 100 * EqualParameters.TOLERANCE));
    text.append(format(HEADING, baseline.title()));
    List<RowResult> first = results.of(baseline);
    Optional<RowSummary> dense = first.isEmpty() ? Optional.empty() : Optional.of(RowSummary.of(first));
    plan.rows().forEach(row -> text.append(line(row, results, dense)));
    String backends = plan.rows().stream().flatMap(row -> results.of(row).stream()).map(RowResult::backend).distinct()
        .collect(Collectors.joining("; "));
    if (!backends.isEmpty()) {
      text.append(format("%nTrained on: %s.%n", backends));
    }
    if (!results.decoding().backend().isEmpty()) {
      text.append(format("%nDecoded on: %s.%n", results.decoding().backend()));
    }
    return text.toString();
  }

  /** By how much a row's parameters are more than those of the first, as a part of those. */
  private double moreParameters(ParityRow row) {
    return (double) row.parameters() / plan.baseline().parameters() - 1;
  }

  /** What the table says, for scripts; figures that there are not yet are left out. */
  public Map<String, Object> figures(ParityResults results) {
    List<RowResult> first = results.of(plan.baseline());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (ParityRow row : plan.rows()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", row.name());
      map.put("title", row.title());
      map.put("parameters", row.parameters());
      map.put("hidden_size", row.hiddenSize());
      map.put("tokens", row.tokens());
      map.put("seeds", row.seeds());
      map.put("missing_seeds", results.missing(row));
      if (!results.of(row).isEmpty()) {
        RowSummary summary = RowSummary.of(results.of(row));
        map.put("validation_loss", summary.loss());
        map.put("validation_loss_spread", summary.spread());
        map.put("validation_perplexity", summary.perplexity());
        if (!first.isEmpty()) {
          map.put("above_first", summary.above(RowSummary.of(first)));
        }
        map.put("training_tokens_per_second", summary.tokensPerSecond());
      }
      results.decoding().of(row).ifPresent(figure -> {
        map.put("decoding_ms_per_token", figure.milliseconds());
        map.put("decoding_spread", figure.spread());
        map.put("decoding_bytes_per_token", figure.bytes());
      });
      rows.add(map);
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("report", file.toString());
    figures.put("rows", rows);
    return figures;
  }

  private String line(ParityRow row, ParityResults results, Optional<RowSummary> dense) {
    List<RowResult> found = results.of(row);
    String decoding = results.decoding().of(row)
        .map(figure -> format("%.3f ± %.0f %% | %.2f", figure.milliseconds(), 100 * figure.spread(), figure.bytes() / 1e6))
        .orElse("- | -");
    String sizes = format("| %s | %,d (%+.2f %%) | %s | %,d |", row.title(), row.parameters(),
        100 * moreParameters(row), row.hiddenSize(), row.tokens());
    if (found.isEmpty()) {
      return format("%s not run yet | - | - | %s | - | %s |%n", sizes, seeds(row, results), decoding);
    }
    RowSummary summary = RowSummary.of(found);
    String difference = dense.map(other -> format("%+.2f %%", 100 * summary.above(other))).orElse("-");
    String spread = found.size() > 1 ? format(" ± %.4f", summary.spread()) : "";
    return format("%s %.4f%s | %.3f | %s | %s | %,.0f | %s |%n", sizes, summary.loss(), spread, summary.perplexity(), difference,
        seeds(row, results), summary.tokensPerSecond(), decoding);
  }

  private static String seeds(ParityRow row, ParityResults results) {
    List<Integer> missing = results.missing(row);
    return row.seeds().stream().map(seed -> seed + (missing.contains(seed) ? " (not run yet)" : ""))
        .collect(Collectors.joining(", "));
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
