package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Times decoding side by side: the contenders take turns of a few tokens, so that whatever else the machine does hits all alike, and a
 * plain streaming read of memory is measured between the turns. What a block takes is the time of a token less that of the same model
 * without blocks, which takes turns too.
 */
public final class DecodeBench {
  private static final long PROBE_BYTES = 1L << 30;

  private final Backend backend;
  private final LayerTypes types;
  private final BenchOptions options;
  private final Listener listener;

  /** Hears what a token of a model took. */
  @FunctionalInterface
  public interface Listener {
    void measured(Program program, WeightSource weights, Backend backend, double secondsPerToken);
  }

  public DecodeBench(Backend backend, LayerTypes types, BenchOptions options) {
    this(backend, types, options, (program, weights, on, seconds) -> { });
  }

  public DecodeBench(Backend backend, LayerTypes types, BenchOptions options, Listener listener) {
    this.backend = backend;
    this.types = types;
    this.options = options;
    this.listener = listener;
  }

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if random weights, or the caches, do not fit the memory
   */
  public BenchReport run(List<Contender> contenders, ProgressListener progress) {
    long shared = 0;
    long own = PROBE_BYTES;
    for (Contender contender : contenders) {
      // A mapped file takes memory only as long as nothing else wants it.
      if (contender.weights().isEmpty()) {
        shared = Math.max(shared, RandomWeights.bytes(contender.model(types), contender.dtype()));
      }
      own += Traffic.cacheBytes(contender.decoder(types), options.cache(), contender.cached(options.capacity()));
    }
    AvailableMemory.require(shared + own, "The weights and caches", "fewer --blocks or another --dtype");
    try (Arena arena = Arena.ofShared(); BandwidthProbe probe = backend.bandwidthProbe()) {
      Contender first = contenders.getFirst();
      MemorySegment region = RandomWeights.region(shared, first.dtype(), first.config().width(), arena);
      List<TimedModel> models = new ArrayList<>();
      Map<Object, TimedModel> headless = new LinkedHashMap<>();
      try {
        for (Contender contender : contenders) {
          models.add(open(contender, region, arena));
          headless.computeIfAbsent(contender.config().logits(), logits -> open(contender.withoutBlocks(), region, arena));
        }
        List<TimedModel> all = new ArrayList<>(models);
        all.addAll(headless.values());
        Timings reads = takeTurns(all, probe, progress);
        return report(models, headless, reads, progress);
      } finally {
        models.forEach(TimedModel::close);
        headless.values().forEach(TimedModel::close);
      }
    }
  }

  private TimedModel open(Contender contender, MemorySegment region, Arena arena) {
    WeightSource weights = contender.weights().map(opened -> opened.apply(arena)).orElseGet(() ->
        RandomWeights.of(contender.model(types), contender.dtype(), contender.config().width(), region, arena));
    return TimedModel.open(contender, types, weights, backend, options, 1);
  }

  private Timings takeTurns(List<TimedModel> models, BandwidthProbe probe, ProgressListener progress) {
    models.forEach(TimedModel::warmUp);
    Timings reads = new Timings(options.tokens());
    probe.bytesPerSecond();
    for (int done = 0; done < options.tokens(); done += options.turn()) {
      progress.progressed("decoding", done, options.tokens());
      for (TimedModel model : models) {
        model.decode(Math.min(options.turn(), options.tokens() - done));
      }
      reads.add(1 / probe.bytesPerSecond());
    }
    progress.progressed("decoding", options.tokens(), options.tokens());
    return reads;
  }

  private BenchReport report(List<TimedModel> models, Map<Object, TimedModel> headless, Timings reads, ProgressListener progress) {
    Optional<ResidentMemory> resident = ResidentMemory.read();
    double bandwidth = 1 / reads.median();
    List<Measurement> measurements = new ArrayList<>();
    for (TimedModel model : models) {
      OptionalDouble prefill = options.prefill() > 0 ? OptionalDouble.of(model.prefill() / options.prefill()) : OptionalDouble.empty();
      Optional<OperationProfile> profile = options.profile() ? Optional.of(model.profile()) : Optional.empty();
      measurements.add(Measurement.of(model, headless.get(model.contender().config().logits()), bandwidth, profile, prefill));
      listener.measured(model.program(), model.weights(), backend, model.timings().median());
      if (options.profile()) {
        progress.progressed("timing operations", measurements.size(), models.size());
      }
    }
    return new BenchReport(backend.description(), bandwidth, reads.spread(), resident, options, measurements);
  }
}
