package org.terraformer.app.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Times decoding of several sequences together, for different numbers of them. At each number the contenders take turns of a few
 * steps; every sequence goes on from a prompt of its own, so that sparse layers choose differently in each.
 */
public final class BatchBench {
  private final Backend backend;
  private final LayerTypes types;
  private final BenchOptions options;

  public BatchBench(Backend backend, LayerTypes types, BenchOptions options) {
    this.backend = backend;
    this.types = types;
    this.options = options;
  }

  /**
   * @param batches numbers of sequences
   * @throws org.terraformer.ports.failure.InvalidInputException if the weights and caches do not fit the memory
   */
  public BatchReport run(List<Contender> contenders, List<Integer> batches, ProgressListener progress) {
    int most = batches.stream().mapToInt(Integer::intValue).max().orElse(1);
    Map<String, Map<Integer, Double>> throughput = new LinkedHashMap<>();
    contenders.forEach(contender -> throughput.put(contender.name(), new LinkedHashMap<>()));
    try (SideBySide together = new SideBySide(backend, types, options, contenders, most, 0)) {
      for (int batch : batches) {
        List<TimedModel> models = new ArrayList<>();
        try {
          contenders.forEach(contender -> models.add(together.open(contender, batch)));
          together.takeTurns(models, "decoding %d sequences".formatted(batch), progress, () -> { });
          models.forEach(model -> throughput.get(model.contender().name()).put(batch, batch / model.timings().median()));
        } finally {
          models.forEach(TimedModel::close);
        }
      }
    }
    return new BatchReport(backend.description(), throughput);
  }
}
