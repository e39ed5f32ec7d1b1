package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.checkpoint.WeightSource;
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
    requireMemory(contenders, batches.stream().mapToInt(Integer::intValue).max().orElse(1));
    Map<String, Map<Integer, Double>> throughput = new LinkedHashMap<>();
    contenders.forEach(contender -> throughput.put(contender.name(), new LinkedHashMap<>()));
    try (Arena arena = Arena.ofShared()) {
      Contender first = contenders.getFirst();
      MemorySegment region = RandomWeights.region(shared(contenders), first.dtype(), first.config().width(), arena);
      for (int batch : batches) {
        List<TimedModel> models = new ArrayList<>();
        try {
          for (Contender contender : contenders) {
            models.add(open(contender, region, arena, batch));
          }
          takeTurns(models, batch, progress);
          models.forEach(model -> throughput.get(model.contender().name()).put(batch, batch / model.timings().median()));
        } finally {
          models.forEach(TimedModel::close);
        }
      }
    }
    return new BatchReport(backend.description(), throughput);
  }

  private void takeTurns(List<TimedModel> models, int batch, ProgressListener progress) {
    models.forEach(TimedModel::warmUp);
    for (int done = 0; done < options.tokens(); done += options.turn()) {
      progress.progressed("decoding %d sequences".formatted(batch), done, options.tokens());
      for (TimedModel model : models) {
        model.decode(Math.min(options.turn(), options.tokens() - done));
      }
    }
    progress.progressed("decoding %d sequences".formatted(batch), options.tokens(), options.tokens());
  }

  private TimedModel open(Contender contender, MemorySegment region, Arena arena, int batch) {
    WeightSource weights = contender.weights().map(opened -> opened.apply(arena)).orElseGet(() ->
        RandomWeights.of(contender.model(types), contender.dtype(), contender.config().width(), region, arena));
    return TimedModel.open(contender, types, weights, backend, options, batch);
  }

  private long shared(List<Contender> contenders) {
    return contenders.stream().filter(contender -> contender.weights().isEmpty())
        .mapToLong(contender -> RandomWeights.bytes(contender.model(types), contender.dtype())).max().orElse(0);
  }

  private void requireMemory(List<Contender> contenders, int sequences) {
    long own = 0;
    for (Contender contender : contenders) {
      own += contender.weights().isPresent() ? RandomWeights.bytes(contender.model(types), contender.dtype()) : 0;
      own += sequences * Traffic.cacheBytes(contender.decoder(types), options.cache(), contender.cached(options.capacity()));
    }
    AvailableMemory.require(shared(contenders) + own, "The weights and caches", "fewer --blocks or another --dtype");
  }
}
