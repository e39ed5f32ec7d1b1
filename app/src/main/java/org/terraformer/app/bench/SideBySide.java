package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Models that take turns of a few tokens, so that whatever else the machine does hits all alike. Their random weights share one
 * region of memory.
 */
final class SideBySide implements AutoCloseable {
  private final Backend backend;
  private final LayerTypes types;
  private final BenchOptions options;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment region;

  /**
   * Makes the random weights.
   *
   * @param sequences that a model decodes together at most
   * @param more bytes that are needed besides
   * @throws org.terraformer.ports.failure.InvalidInputException if all that does not fit the memory
   */
  SideBySide(Backend backend, LayerTypes types, BenchOptions options, List<Contender> contenders, int sequences, long more) {
    this.backend = backend;
    this.types = types;
    this.options = options;
    AvailableMemory.require(bytes(backend.distant(), types, options, contenders, sequences) + more, "The weights and caches",
        "fewer --blocks or another --dtype");
    Contender first = contenders.getFirst();
    this.region = RandomWeights.region(shared(contenders, types), first.dtype(), first.config().width(), backend.memory(arena));
  }

  /**
   * The memory that the models take here together. For a distant backend each has a copy of its weights, from which they go over there.
   */
  static long bytes(boolean distant, LayerTypes types, BenchOptions options, List<Contender> contenders, int sequences) {
    long caches = contenders.stream().mapToLong(contender ->
        sequences * Traffic.cacheBytes(contender.decoder(types), options.cache(), contender.cached(options.capacity()))).sum();
    long copies = contenders.stream().mapToLong(contender -> RandomWeights.bytes(contender.model(types), contender.dtype())).sum();
    return shared(contenders, types) + caches + (distant ? copies : 0);
  }

  /** The region of random weights. A mapped file takes memory only as long as nothing else wants it. */
  private static long shared(List<Contender> contenders, LayerTypes types) {
    return contenders.stream().filter(contender -> contender.weights().isEmpty())
        .mapToLong(contender -> RandomWeights.bytes(contender.model(types), contender.dtype())).max().orElse(0);
  }

  /** A model that decodes so many sequences together. */
  TimedModel open(Contender contender, int sequences) {
    WeightSource weights = contender.weights().map(opened -> opened.apply(arena)).orElseGet(() ->
        RandomWeights.of(contender.model(types), contender.dtype(), contender.config().width(), region, arena));
    return TimedModel.open(contender, types, weights, backend, options, sequences);
  }

  /**
   * Times the tokens of all models.
   *
   * @param task what is said to be progressing
   * @param between done after each round of turns
   */
  void takeTurns(List<TimedModel> models, String task, ProgressListener progress, Runnable between) {
    models.forEach(TimedModel::warmUp);
    for (int done = 0; done < options.tokens(); done += options.turn()) {
      progress.progressed(task, done, options.tokens());
      for (TimedModel model : models) {
        model.decode(Math.min(options.turn(), options.tokens() - done));
      }
      between.run();
    }
    progress.progressed(task, options.tokens(), options.tokens());
  }

  @Override
  public void close() {
    arena.close();
  }
}
