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
    // A mapped file takes memory only as long as nothing else wants it.
    long shared = contenders.stream().filter(contender -> contender.weights().isEmpty())
        .mapToLong(contender -> RandomWeights.bytes(contender.model(types), contender.dtype())).max().orElse(0);
    long caches = contenders.stream().mapToLong(contender ->
        sequences * Traffic.cacheBytes(contender.decoder(types), options.cache(), contender.cached(options.capacity()))).sum();
    AvailableMemory.require(shared + caches + more, "The weights and caches", "fewer --blocks or another --dtype");
    Contender first = contenders.getFirst();
    this.region = RandomWeights.region(shared, first.dtype(), first.config().width(), arena);
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
