package org.terraformer.app.training;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * {@code -Dthreads} change more.
 */
class TrainingBenchmarks {
  private static final int BATCH = 16;
  private static final int LENGTH = 128;
  private static final int VOCABULARY = 4096;
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final Pattern SPARSE = Pattern.compile("(ff|ffqkv|all)(\\d+)(-compute)?");

  @Test
  void run() {
    for (String variant : System.getProperty("variants", "dense,sparse").split(",")) {
      measure(variant.strip(), Integer.getInteger("width", 256), Integer.getInteger("blocks", 6));
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

  private static void measure(String variant, int width, int blocks) {
    int threads = Integer.getInteger("threads", Runtime.getRuntime().availableProcessors());
    TrainingConfig config = config(variant, width, blocks);
    TrainingProgram program = TrainingProgram.record(config.model(), TYPES,
        Recorder.forTraining(new SeededChance()), 0);
    Batch batch = Batch.of(new SplittableRandom(1).ints(BATCH * LENGTH, 1, VOCABULARY).toArray(), LENGTH, 0);
    try (Arena arena = Arena.ofShared()) {
      NamedTensors weights = InitialWeights.draw(program, 0, arena);
      try (Executable executable = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads)
          .prepare(program.program(), weights, new ExecutionLimits(BATCH, BATCH * LENGTH, LENGTH), ProgressListener.NONE)) {
        Trainer trainer = new Trainer(program, executable, weights, config.rule(), 0, arena, new ThreadedWorkers(threads));
        int warmup = Integer.getInteger("warmup", 10);
        int steps = Integer.getInteger("steps", 10);
        for (int step = 1; step <= warmup; step++) {
          trainer.step(step, batch);
        }
        double[] seconds = new double[steps];
        RunProfile profile = ((Measurable) executable).profile(() -> {
          for (int i = 0; i < steps; i++) {
            long start = System.nanoTime();
            trainer.step(warmup + 1 + i, batch);
            seconds[i] = (System.nanoTime() - start) / 1e9;
          }
        });
        report(variant, width, program, seconds, profile);
      }
    }
  }

  private static void report(String variant, int width, TrainingProgram program, double[] seconds, RunProfile profile) {
    double median = Arrays.stream(seconds).sorted().toArray()[seconds.length / 2];
    print("%n%s, width %d, %.1f M parameters: %,.0f tokens/s, %.1f ms a step, of it %.1f ms outside of the program%n%n", variant, width,
        program.program().parameters() / 1e6, BATCH * LENGTH / median, 1e3 * median,
        1e3 * (Arrays.stream(seconds).sum() - profile.seconds()) / profile.runs());
    print("| operation | steps | ms | share | of it waiting |%n|---|---:|---:|---:|---:|%n");
    Map<String, List<RunProfile.StepTime>> kinds =
        profile.steps().stream().collect(Collectors.groupingBy(time -> time.step().operation().name()));
    kinds.entrySet().stream().sorted(Comparator.comparingDouble(kind -> -total(kind.getValue()))).forEach(kind -> {
      double waiting = kind.getValue().stream().mapToDouble(RunProfile.StepTime::waiting).sum();
      print("| %s | %d | %.2f | %.1f %% | %.2f |%n", kind.getKey(), kind.getValue().size(), 1e3 * total(kind.getValue()) / profile.runs(),
          100 * total(kind.getValue()) / profile.seconds(), 1e3 * waiting / profile.runs());
    });
  }

  private static double total(List<RunProfile.StepTime> times) {
    return times.stream().mapToDouble(time -> time.working() + time.waiting()).sum();
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }
}
