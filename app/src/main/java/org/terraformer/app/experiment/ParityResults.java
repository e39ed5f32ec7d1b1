package org.terraformer.app.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * A folder with a file for each training that has ended, {@code ROW-seedN.json}, and one with what decoding took,
 * {@code decode.json}. They are all that a report needs; those of a training that was run elsewhere count as well.
 */
public final class ParityResults {
  private final Path folder;
  private final ParityPlan plan;
  private final Map<String, RowResult> results = new LinkedHashMap<>();
  private DecodeFigures decoding;

  /**
   * Reads what there is for a plan.
   *
   * @throws InvalidInputException naming a file that can't be read, or is of another training than the plan's
   */
  public ParityResults(Path folder, ParityPlan plan) {
    this.folder = folder;
    this.plan = plan;
    for (ParityRow row : plan.rows()) {
      for (int seed : row.seeds()) {
        Path file = file(row, seed);
        if (Files.exists(file)) {
          RowResult result = readable(file, () -> RowResult.fromMap(JsonFile.read(file)));
          check(file, result, row.config(seed));
          results.put(row.run(seed), result);
        }
      }
    }
    decoding = Files.exists(decodeFile()) ? readable(decodeFile(), () -> DecodeFigures.fromMap(JsonFile.read(decodeFile())))
        : DecodeFigures.NONE;
  }

  private Path file(ParityRow row, int seed) {
    return folder.resolve(row.run(seed) + ".json");
  }

  private Path decodeFile() {
    return folder.resolve("decode.json");
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T readable(Path file, Reading<T> reading) {
    try {
      return reading.read();
    } catch (InvalidInputException e) {
      throw new InvalidInputException("The result %s can't be used: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void check(Path file, RowResult result, TrainingConfig planned) {
    Map<String, Object> told = result.config().toMap();
    planned.toMap().forEach((field, value) -> {
      if (!value.equals(told.get(field))) {
        throw InvalidInputException.of(
            "The result %s is of a training with another %s; remove it, or give the row another name.", file, field);
      }
    });
    for (RowResult other : results.values()) {
      if (!other.tokenizer().equals(result.tokenizer()) || other.textTokens() != result.textTokens()) {
        throw InvalidInputException.of(
            "The result %s is of another tokenizer or other texts than that of %s.", file, other.row());
      }
    }
  }

  /** The seeds of a row whose training has not ended. */
  public List<Integer> missing(ParityRow row) {
    return row.seeds().stream().filter(seed -> !results.containsKey(row.run(seed))).toList();
  }

  /** The results of a row. */
  List<RowResult> of(ParityRow row) {
    List<RowResult> found = new ArrayList<>();
    row.seeds().forEach(seed -> Optional.ofNullable(results.get(row.run(seed))).ifPresent(found::add));
    return found;
  }

  /**
   * Checks that a training can be compared with those that have ended.
   *
   * @throws InvalidInputException if it has another tokenizer or other texts
   */
  void checkComparable(String tokenizer, long textTokens) {
    for (RowResult other : results.values()) {
      if (!other.tokenizer().equals(tokenizer) || other.textTokens() != textTokens) {
        throw InvalidInputException.of("The tokenizer or the texts are others than those of the results in %s.", folder);
      }
    }
  }

  void add(ParityRow row, RowResult result) {
    results.put(row.run(result.config().seed()), result);
    write(file(row, result.config().seed()), result.toMap());
  }

  DecodeFigures decoding() {
    return decoding;
  }

  void add(DecodeFigures figures) {
    decoding = figures;
    write(decodeFile(), figures.toMap());
  }

  private void write(Path file, Map<String, Object> map) {
    try {
      Files.createDirectories(folder);
      ReplacedFile.write(file, partial -> Files.write(partial, JsonFile.bytes(map)));
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }
}
