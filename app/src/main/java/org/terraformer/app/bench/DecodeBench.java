package org.terraformer.app.bench;

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
 * Times decoding side by side, and a plain streaming read of memory between the turns. What a block takes is the time of a token
 * less that of the same model without blocks, which takes turns too.
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
    Map<Object, Contender> withoutBlocks = new LinkedHashMap<>();
    contenders.forEach(contender -> withoutBlocks.putIfAbsent(contender.config().logits(), contender.withoutBlocks()));
    List<Contender> both = new ArrayList<>(contenders);
    both.addAll(withoutBlocks.values());
    try (SideBySide together = new SideBySide(backend, types, options, both, 1, PROBE_BYTES);
        BandwidthProbe probe = backend.bandwidthProbe()) {
      List<TimedModel> models = new ArrayList<>();
      Map<Object, TimedModel> headless = new LinkedHashMap<>();
      try {
        contenders.forEach(contender -> models.add(together.open(contender, 1)));
        withoutBlocks.forEach((logits, contender) -> headless.put(logits, together.open(contender, 1)));
        List<TimedModel> all = new ArrayList<>(models);
        all.addAll(headless.values());
        Timings reads = new Timings(options.tokens());
        // The first read is slower.
        probe.bytesPerSecond();
        together.takeTurns(all, "decoding", progress, () -> reads.add(1 / probe.bytesPerSecond()));
        return report(models, headless, reads, progress);
      } finally {
        models.forEach(TimedModel::close);
        headless.values().forEach(TimedModel::close);
      }
    }
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
