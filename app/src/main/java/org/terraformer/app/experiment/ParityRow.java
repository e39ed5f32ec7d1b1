package org.terraformer.app.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.training.TrainingConfig;

/**
 * A row of the table: a model and how it is trained.
 *
 * @param name tells the files of the row from those of others
 * @param title what the table calls it
 * @param seeds of the trainings; their results are averaged
 * @param config of the training, with any seed
 * @param parameters of the model
 */
public record ParityRow(String name, String title, List<Integer> seeds, TrainingConfig config, long parameters) {
  public ParityRow {
    seeds = List.copyOf(seeds);
  }

  /** The training with one of the seeds. */
  TrainingConfig config(int seed) {
    Map<String, Object> map = new LinkedHashMap<>(config.toMap());
    map.put("seed", seed);
    return TrainingConfig.fromMap(map, config.model().vocabularySize());
  }

  /** What the files of one training are called. */
  String run(int seed) {
    return "%s-seed%d".formatted(name, seed);
  }

  /** Tokens that each training sees. */
  public long tokens() {
    return (long) config.batch() * config.length() * config.steps();
  }

  /** The hidden size of the first block. */
  Object hiddenSize() {
    LayerSpec layer = config.model().feedForwardOf(0);
    return layer.options().getOrDefault("hidden_size", "");
  }
}
