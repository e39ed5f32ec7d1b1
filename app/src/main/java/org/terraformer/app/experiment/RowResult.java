package org.terraformer.app.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * What one training of a row came to.
 *
 * @param tokenizer a fingerprint; validation losses are comparable where it is the same
 * @param textTokens the length of the text to train on
 * @param tokensPerSecond of training, the median
 * @param backend that trained it
 * @param curve the validations, the last one after the last step
 */
record RowResult(String row, TrainingConfig config, long parameters, String tokenizer, long textTokens, double tokensPerSecond,
    String backend, List<Point> curve) {
  private static final int MOST_POINTS = 10_000;

  /**
   * A validation.
   *
   * @param loss in nats per token
   */
  record Point(long step, double loss, double bitsPerByte) {}

  RowResult {
    curve = List.copyOf(curve);
  }

  /**
   * Of the metrics of a training that has ended.
   *
   * @throws InvalidInputException if they are not all there
   */
  static RowResult of(ParityRow row, TrainingConfig config, String tokenizer, long textTokens, String backend,
      List<JsonNode> metrics) {
    List<Point> curve = metrics.stream().filter(line -> line.has("validation_loss"))
        .map(line -> new Point(line.get("step").asLong(), line.get("validation_loss").asDouble(),
            line.get("validation_bits_per_byte").asDouble())).toList();
    double[] speeds = metrics.stream().filter(line -> line.has("tokens_per_second"))
        .mapToDouble(line -> line.get("tokens_per_second").asDouble()).sorted().toArray();
    if (speeds.length == 0 || curve.isEmpty() || curve.getLast().step() != config.steps()) {
      throw InvalidInputException.of("the training has ended, but its metrics up to step %,d are not in its metrics.jsonl any more; "
          + "remove its folder to train it again.", config.steps());
    }
    return new RowResult(row.name(), config, row.parameters(), tokenizer, textTokens, speeds[speeds.length / 2], backend, curve);
  }

  double loss() {
    return curve.getLast().loss();
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("row", row);
    map.put("validation_loss", loss());
    map.put("validation_perplexity", Math.exp(loss()));
    map.put("validation_bits_per_byte", curve.getLast().bitsPerByte());
    map.put("parameters", parameters);
    map.put("tokens", (long) config.batch() * config.length() * config.steps());
    map.put("tokens_per_second", tokensPerSecond);
    map.put("backend", backend);
    map.put("tokenizer", tokenizer);
    map.put("text_tokens", textTokens);
    map.put("config", config.toMap());
    map.put("curve", curve.stream().map(point -> List.of(point.step, point.loss, point.bitsPerByte)).toList());
    return map;
  }

  /**
   * Reads what {@link #toMap} wrote.
   *
   * @throws InvalidInputException naming what is wrong
   */
  static RowResult fromMap(Map<String, Object> map) {
    Options options = new Options("", map);
    TrainingConfig config = TrainingConfig.fromMap(options.map("config"), 1);
    List<Point> curve = new ArrayList<>();
    if (options.any("curve") instanceof List<?> points && points.size() <= MOST_POINTS) {
      for (Object point : points) {
        if (point instanceof List<?> list && list.size() == 3 && list.stream().allMatch(Number.class::isInstance)) {
          curve.add(new Point(((Number) list.get(0)).longValue(), ((Number) list.get(1)).doubleValue(),
              ((Number) list.get(2)).doubleValue()));
        }
      }
    }
    if (curve.isEmpty() || curve.getLast().step() != config.steps()) {
      throw InvalidInputException.of(
          "The field curve must be a list of validations, the last one after step %d.", config.steps());
    }
    return new RowResult(options.text("row", ""), config, (long) options.number("parameters", 1, 1e15, 1),
        options.text("tokenizer", ""), (long) options.number("text_tokens", 1, 1e15, 1),
        options.number("tokens_per_second", 0, Double.MAX_VALUE, 0), options.text("backend", ""), curve);
  }
}
