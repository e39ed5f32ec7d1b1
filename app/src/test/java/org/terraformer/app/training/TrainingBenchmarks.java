package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.terraformer.app.experiment.EqualParameters;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.Batch;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.Trainer;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.RunProfile;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/**
 * Times training steps on random tokens, when it is asked for by name:
 * {@code ./mvnw -pl app -am test -Dtest=TrainingBenchmarks -Dsurefire.failIfNoSpecifiedTests=false -Dvariants=dense,ff16-compute -Dwidth=256}.
 * A step has 16 sequences of 128 tokens out of 4,096 and updates by Adam; {@code -Dblocks}, {@code -Dsteps}, {@code -Dwarmup} and
 * {@code -Dthreads} change more. The variants take turns of one step, so that a machine whose speed drifts hits all alike, and each is
 * compared with the first, turn by turn.
 */
class TrainingBenchmarks {
  private static final int BATCH = 16;
  private static final int LENGTH = 128;
  private static final int VOCABULARY = 4096;
  private static final Batch TOKENS =
      Batch.of(new SplittableRandom(1).ints(BATCH * LENGTH, 1, VOCABULARY).toArray(), LENGTH, 0);
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final Pattern SPARSE = Pattern.compile("(ff|ffqkv|all)(\\d+)(-compute)?");

  @Test
  void run() {
    int warmup = Integer.getInteger("warmup", 10);
    int steps = Integer.getInteger("steps", 10);
    int width = Integer.getInteger("width", 256);
    try (Arena arena = Arena.ofShared()) {
      List<Run> runs = new ArrayList<>();
      for (String variant : System.getProperty("variants", "dense,sparse").split(",")) {
        runs.add(new Run(variant.strip(), config(variant.strip(), width, Integer.getInteger("blocks", 6)), arena));
      }
      for (int turn = 0; turn < warmup + steps; turn++) {
        if (turn == warmup) {
          runs.forEach(Run::begin);
        }
        runs.forEach(Run::step);
      }
      runs.forEach(run -> run.report(width, runs.getFirst()));
      runs.forEach(run -> run.executable.close());
    }
  }

  private static TrainingConfig config(String variant, int width, int blocks) {
    Map<String, Object> model = new LinkedHashMap<>(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", VOCABULARY,
        "width", width, "blocks", blocks, "max_length", LENGTH, "attention", Map.of("type", "dense", "heads", 8),
        "feed_forward", Map.of("type", "dense", "hidden_size", 4 * width)));
    Matcher sparse = SPARSE.matcher(variant);
    if (sparse.matches()) {
      long dense = TransformerLm.record(ModelConfig.fromMap(model), TYPES).parameters();
      model.put("feed_forward", new LinkedHashMap<>(Map.of("type", "sparse", "block_size", Integer.parseInt(sparse.group(2)),
          "low_rank", Integer.getInteger("rank", 64), "sparse_compute", sparse.group(3) != null)));
      if (!sparse.group(1).equals("ff")) {
        model.put("attention", Map.of("type", "sparse_qkv", "heads", 8, "modules", Integer.getInteger("modules", 16)));
      }
      if (sparse.group(1).equals("all")) {
        model.put("logits", Map.of("type", "multiplicative", "modules", 4));
      }
      model = new EqualParameters(dense, 8, TYPES).fit(model);
    } else if (variant.equals("sparse")) {
      model.put("attention", Map.of("type", "sparse_qkv", "heads", 8, "modules", 8));
      model.put("feed_forward", Map.of("type", "sparse", "hidden_size", 4 * width, "block_size", 16, "low_rank", width / 4));
      model.put("logits", Map.of("type", "multiplicative", "modules", 4));
    } else if (!variant.equals("dense")) {
      throw new IllegalArgumentException(
          "The variant is %s but must be dense, sparse, or like ff16, ffqkv16, all16 or ff16-compute.".formatted(variant));
    }
    return TrainingConfig.fromMap(Map.of("model", model, "batch", BATCH, "length", LENGTH, "steps", 1, "clip", 1), VOCABULARY);
  }

  /** A model in training, and the times of its steps. */
  private static final class Run {
    private final String variant;
    private final TrainingProgram program;
    private final Executable executable;
    private final Trainer trainer;
    private final List<Double> seconds = new ArrayList<>();
    private RunProfile profile = RunProfile.NONE;
    private int step;

    Run(String variant, TrainingConfig config, Arena arena) {
      this.variant = variant;
      int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
      program = TrainingProgram.record(config.model(), TYPES, Recorder.forTraining(new SeededChance()), 0);
      CpuBackend backend = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads);
      NamedTensors weights = InitialWeights.draw(program, 0, backend.memory(arena));
      executable = backend.prepare(program.program(), weights, new ExecutionLimits(BATCH, BATCH * LENGTH, LENGTH), ProgressListener.NONE);
      trainer = new Trainer(program, executable, weights, config.rule(), 0, backend.memory(arena), new ThreadedWorkers(threads));
    }

    void begin() {
      seconds.clear();
      profile = RunProfile.NONE;
    }

    void step() {
      profile = profile.plus(((Measurable) executable).profile(() -> {
        long start = System.nanoTime();
        trainer.step(++step, TOKENS);
        seconds.add((System.nanoTime() - start) / 1e9);
      }));
    }

    void report(int width, Run first) {
      double ratio = median(IntStream.range(0, seconds.size()).mapToDouble(i -> first.seconds.get(i) / seconds.get(i)));
      double median = median(seconds.stream().mapToDouble(Double::doubleValue));
      print("%n%s, width %d, %.1f M parameters: %,.0f tokens/s, %.2f times %s, %.1f ms a step, of it %.1f ms outside of the program%n%n",
          variant, width, program.program().parameters() / 1e6, BATCH * LENGTH / median, ratio, first.variant, 1e3 * median,
          1e3 * (seconds.stream().mapToDouble(Double::doubleValue).sum() - profile.seconds()) / profile.runs());
      print(profile);
    }
  }

  private static void print(RunProfile profile) {
    print("| operation | steps | ms | share | of it waiting |%n|---|---:|---:|---:|---:|%n");
    Map<String, List<RunProfile.StepTime>> kinds =
        profile.steps().stream().collect(Collectors.groupingBy(time -> time.step().operation().name()));
    kinds.entrySet().stream().sorted(Comparator.comparingDouble(kind -> -total(kind.getValue()))).forEach(kind -> {
      double waiting = kind.getValue().stream().mapToDouble(RunProfile.StepTime::waiting).sum();
      print("| %s | %d | %.2f | %.1f %% | %.2f |%n", kind.getKey(), kind.getValue().size(), 1e3 * total(kind.getValue()) / profile.runs(),
          100 * total(kind.getValue()) / profile.seconds(), 1e3 * waiting / profile.runs());
    });
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static double total(List<RunProfile.StepTime> times) {
    return times.stream().mapToDouble(time -> time.working() + time.waiting()).sum();
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }
}
