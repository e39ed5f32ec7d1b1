package org.terraformer.app.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Times decoding side by side: the contenders take turns of a few tokens, so that whatever else the machine does hits all alike, and a
 * plain streaming read of memory is measured between the turns. What a block takes is the time of a token less that of the same model
 * without blocks, which takes turns too.
 */
public final class DecodeBench {
  private static final int PROMPT_ROWS = 128;

  private final Backend backend;
  private final LayerTypes types;
  private final BenchOptions options;

  public DecodeBench(Backend backend, LayerTypes types, BenchOptions options) {
    this.backend = backend;
    this.types = types;
    this.options = options;
  }

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if the weights do not fit the memory
   */
  public BenchReport run(List<Contender> contenders, ProgressListener progress) {
    Map<String, Program> programs = new LinkedHashMap<>();
    long bytes = 0;
    for (Contender contender : contenders) {
      Program program = TransformerLm.record(contender.config(), types);
      programs.put(contender.name(), program);
      bytes = Math.max(bytes, contender.weights().isPresent() ? 0 : RandomWeights.bytes(program, options.dtype()));
    }
    AvailableMemory.require(bytes + caches(programs.values()), "The weights and caches");
    try (Arena arena = Arena.ofShared(); BandwidthProbe probe = backend.bandwidthProbe()) {
      MemorySegment region = RandomWeights.region(bytes, options.dtype(), contenders.getFirst().config().width(), arena);
      List<Runner> runners = new ArrayList<>();
      try {
        Map<Object, Runner> headless = new LinkedHashMap<>();
        for (Contender contender : contenders) {
          runners.add(new Runner(contender, programs.get(contender.name()), region, arena));
          Contender withoutBlocks = withoutBlocks(contender);
          headless.computeIfAbsent(contender.config().logits(),
              logits -> new Runner(withoutBlocks, TransformerLm.record(withoutBlocks.config(), types), region, arena));
        }
        runners.addAll(headless.values());
        Timings reads = takeTurns(runners, probe, progress);
        return report(contenders, runners, headless, reads);
      } finally {
        runners.forEach(Runner::close);
      }
    }
  }

  private long caches(Iterable<Program> programs) {
    long bytes = 0;
    for (Program program : programs) {
      for (Value state : program.states()) {
        bytes += options.cache().bytes(state.shape()) * options.positions();
      }
    }
    return bytes;
  }

  private static Contender withoutBlocks(Contender contender) {
    ModelConfig all = contender.config();
    ModelConfig none = new ModelConfig(all.vocabularySize(), all.width(), 0, all.maxLength(), all.normalization(), all.positions(),
        all.attention(), all.feedForward(), all.recurrence(), all.logits(), all.startId(), all.endId(), all.paddingId(), all.tokenizer());
    return new Contender(contender.name(), none, Optional.empty());
  }

  private Timings takeTurns(List<Runner> runners, BandwidthProbe probe, ProgressListener progress) {
    for (Runner runner : runners) {
      runner.warmUp();
    }
    Timings reads = new Timings(options.tokens());
    probe.bytesPerSecond();
    for (int done = 0; done < options.tokens(); done += options.turn()) {
      progress.progressed("decoding", done, options.tokens());
      for (Runner runner : runners) {
        runner.decode(Math.min(options.turn(), options.tokens() - done));
      }
      reads.add(1 / probe.bytesPerSecond());
    }
    progress.progressed("decoding", options.tokens(), options.tokens());
    return reads;
  }

  private BenchReport report(List<Contender> contenders, List<Runner> runners, Map<Object, Runner> headless, Timings reads) {
    double bandwidth = 1 / reads.median();
    Optional<Runner> dense = runners.stream().filter(runner -> runner.contender.name().equals(Variant.DENSE.label())).findFirst();
    double denseBlock = dense.map(runner -> secondsPerBlock(runner, headless)).orElse(Double.NaN);
    List<Measurement> measurements = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      Runner runner = runners.get(i);
      double seconds = runner.timings.median();
      double block = secondsPerBlock(runner, headless);
      measurements.add(new Measurement(runner.contender.name(), options.dtype().name().toLowerCase(Locale.ROOT),
          runner.executable.program().parameters(), seconds, runner.timings.spread(), block, runner.executable.weightBytesPerToken(), bandwidth,
          dense.map(other -> other.timings.median() / seconds).orElse(Double.NaN),
          dense.map(other -> (double) other.executable.weightBytesPerToken() / runner.executable.weightBytesPerToken()).orElse(Double.NaN),
          denseBlock / block));
    }
    return new BenchReport(backend.description(), bandwidth, options, measurements);
  }

  private static double secondsPerBlock(Runner runner, Map<Object, Runner> headless) {
    int blocks = runner.contender.config().blocks();
    double rest = headless.get(runner.contender.config().logits()).timings.median();
    return blocks == 0 ? 0 : (runner.timings.median() - rest) / blocks;
  }

  /** A model that decodes greedily, as the product does. */
  private final class Runner implements AutoCloseable {
    private final Contender contender;
    private final Executable executable;
    private final DecodingSession session;
    private final Timings timings = new Timings(options.tokens());
    private final float[] logits;
    private final int[] token = {0};

    private Runner(Contender contender, Program program, MemorySegment region, Arena arena) {
      this.contender = contender;
      WeightSource weights = contender.weights().map(open -> open.apply(arena))
          .orElseGet(() -> RandomWeights.of(program, options.dtype(), contender.config().width(), region, arena));
      int positions = Math.min(contender.config().maxLength(), options.positions());
      this.executable = backend.prepare(program, weights,
          new ExecutionLimits(1, Math.min(PROMPT_ROWS, positions), positions, options.cache()), ProgressListener.NONE);
      this.session = new DecodingSession(executable, contender.config().maxLength());
      this.logits = new float[session.vocabularySize()];
    }

    private void warmUp() {
      int[] prompt = new int[options.context() + options.prompt()];
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = i % session.vocabularySize();
      }
      session.feed(0, prompt, prompt.length);
      for (int i = 0; i < options.warmUp(); i++) {
        step();
      }
    }

    private void decode(int count) {
      for (int i = 0; i < count; i++) {
        long start = System.nanoTime();
        step();
        timings.add((System.nanoTime() - start) / 1e9);
      }
    }

    private void step() {
      session.step(0, 1, token);
      session.readLogits(logits, 1);
      int best = 0;
      for (int id = 1; id < logits.length; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      token[0] = best;
    }

    @Override
    public void close() {
      executable.close();
    }
  }
}
