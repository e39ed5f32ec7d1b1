package org.terraformer.app.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.layer.attention.LshAttentionCore;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * Times one decoded token of full attention and of attention by hashing, in turns, with more and more tokens in the cache, and
 * looks at how much of full attention the hashing finds.
 */
public final class AttentionBench {
  private static final String BUCKETS = "buckets";
  private static final int TURN = AttentionBenchOptions.TURN;
  private static final int LOOKED_AT = 16;
  /** Copies of the rows that are held at once: inputs, keys, results, caches, rounds, and those that they are made from. */
  private static final long COPIES = 16;

  private final Backend backend;
  private final AttentionBenchOptions options;

  public AttentionBench(Backend backend, AttentionBenchOptions options) {
    this.backend = backend;
    this.options = options;
  }

  /**
   * @throws org.terraformer.ports.failure.InvalidInputException if the caches do not fit the memory
   */
  public AttentionReport run(ProgressListener progress) {
    long longest = options.contexts().stream().mapToLong(Integer::longValue).max().orElseThrow();
    AvailableMemory.require(
        COPIES * Float.BYTES * longest * options.width(), "The rows and caches", "shorter --contexts or fewer --heads");
    List<AttentionReport.Point> points = new ArrayList<>();
    // Once unmeasured, so that everything is compiled.
    at(options.contexts().getFirst());
    for (int context : options.contexts()) {
      progress.progressed("attending", points.size(), options.contexts().size());
      points.add(at(context));
    }
    progress.progressed("attending", points.size(), points.size());
    return new AttentionReport(backend.description(), options, points);
  }

  /** The rows up to the context are read as one sequence, but for those that are decoded. */
  private AttentionReport.Point at(int context) {
    int warmUp = AttentionBenchOptions.warmUpTurns(context);
    int turns = warmUp + options.timedTurns();
    int prompt = context - turns * TURN;
    TopicRows source = new TopicRows(options.heads(), AttentionBenchOptions.HEAD_SIZE);
    Program hashing = hashing(context);
    LshAttention attention = hashing.steps().stream().map(Step::operation).filter(LshAttention.class::isInstance)
        .map(LshAttention.class::cast).findFirst().orElseThrow();
    try (TimedAttention full = new TimedAttention(full(), backend, 1, context, options.cache());
        TimedAttention lsh = new TimedAttention(hashing, backend, prompt, context, options.cache())) {
      float[] first = source.next(prompt);
      if (full.executable() instanceof Measurable measurable) {
        measurable.fillState(0, first);
      }
      lsh.run(first, prompt, 0);
      List<float[]> rows = split(first, options.width());
      List<int[]> buckets = split(lsh.integers(BUCKETS, prompt), options.heads() * options.hashes());
      Timings ofFull = new Timings(turns * TURN);
      Timings ofHashing = new Timings(turns * TURN);
      for (int turn = 0; turn < turns; turn++) {
        List<float[]> next = split(source.next(TURN), options.width());
        boolean timed = turn >= warmUp;
        for (int i = 0; i < TURN; i++) {
          double seconds = lsh.run(next.get(i), 1, prompt + turn * TURN + i);
          buckets.add(lsh.integers(BUCKETS, 1));
          // Threads that have nothing to do for a while need a moment to come back.
          if (timed && i > 0) {
            ofHashing.add(seconds);
          }
        }
        for (int i = 0; i < TURN; i++) {
          double seconds = full.run(next.get(i), 1, prompt + turn * TURN + i);
          if (timed && i > 0) {
            ofFull.add(seconds);
          }
        }
        rows.addAll(next);
      }
      AttentionRecall.Part recall = recall(rows, buckets, attention.candidates());
      return new AttentionReport.Point(context, Math.min(context, attention.candidates()), ofFull.median(), ofFull.spread(),
          ofHashing.median(), ofHashing.spread(), recall.mass(), recall.top());
    }
  }

  /** The mean of the last rows and all heads. */
  private AttentionRecall.Part recall(List<float[]> rows, List<int[]> buckets, int candidates) {
    double mass = 0;
    double top = 0;
    for (int i = 0; i < LOOKED_AT; i++) {
      int count = rows.size() - i;
      AttentionRecall recall =
          new AttentionRecall(rows.subList(0, count), buckets.subList(0, count), options.heads(), options.hashes(), candidates);
      AttentionRecall.Part part = recall.of(i % options.heads());
      mass += part.mass() / LOOKED_AT;
      top += part.top() / LOOKED_AT;
    }
    return new AttentionRecall.Part(mass, top);
  }

  private Program full() {
    Recorder recorder = new Recorder();
    int width = options.width();
    recorder.output("y", recorder.apply(new CausalAttention(options.heads()), recorder.input("q", DType.F32, Extent.ROW, width),
        recorder.input("k", DType.F32, Extent.ROW, width), recorder.input("v", DType.F32, Extent.ROW, width), recorder.startPositions(),
        recorder.contextState("keys", width), recorder.contextState("values", width)));
    return recorder.program();
  }

  /** From the projections to what is attended: normalisation and hashing are part of it. */
  private Program hashing(int context) {
    Recorder recorder = new Recorder();
    Value shared = recorder.input("qk", DType.F32, Extent.ROW, options.width());
    Value value = recorder.input("v", DType.F32, Extent.ROW, options.width());
    LshAttentionCore core = new LshAttentionCore(options.hashes(), LshAttentionCore.factors(context, options.chunkLength()),
        options.chunkLength(), 1, 0, true, 0, false, Optional.empty());
    recorder.output("y", core.attend(recorder, shared, shared, value, options.heads()));
    recorder.output(BUCKETS, recorder.program().steps().stream().filter(step -> step.operation() instanceof LshBuckets)
        .map(Step::result).findFirst().orElseThrow());
    return recorder.program();
  }

  private static List<float[]> split(float[] all, int width) {
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += width) {
      rows.add(Arrays.copyOfRange(all, from, from + width));
    }
    return rows;
  }

  private static List<int[]> split(int[] all, int width) {
    List<int[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += width) {
      rows.add(Arrays.copyOfRange(all, from, from + width));
    }
    return rows;
  }
}
