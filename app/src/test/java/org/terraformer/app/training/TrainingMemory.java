package org.terraformer.app.training;

import java.awt.Color;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.XYChart;
import org.terraformer.app.plot.ChartFile;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.ActivationMemory;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/**
 * Measures the memory of a training step of Terraformers, with activations kept and computed again, when it is asked for by name:
 * {@code ./mvnw -pl app -am test -Dtest=TrainingMemory -Dsurefire.failIfNoSpecifiedTests=false -Dblocks=2,4,8,16,32 -Dplot=memory.png
 * "-Dtest.jvm.options=-Xms2g -XX:+AlwaysPreTouch -Xbatch"}, with a heap that does not grow.
 * A step has 2 sequences of {@code -Dlength} source tokens and as many target tokens. What is measured is the growth of the resident
 * memory by the executable and its first run, without weights and without their gradients.
 */
class TrainingMemory {
  private static final int SEQUENCES = 2;
  private static final int VOCABULARY = 512;
  private static final int WIDTH = Integer.getInteger("width", 256);
  private static final int LENGTH = Integer.getInteger("length", 256);
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  @Test
  void run() throws IOException {
    List<Integer> blocks = Stream.of(System.getProperty("blocks", "2,4").split(",")).map(Integer::valueOf).toList();
    List<Double> kept = new ArrayList<>();
    List<Double> recomputed = new ArrayList<>();
    // Once unmeasured, so that classes and compiled code are there.
    measure(blocks.getLast(), false);
    measure(blocks.getLast(), true);
    print("| decoder blocks | kept, MB | computed again, MB |%n|---:|---:|---:|%n");
    for (int count : blocks) {
      double one = measure(count, false);
      double other = measure(count, true);
      kept.add(one);
      recomputed.add(other);
      print("| %d | %,.1f | %,.1f |%n", count, one, other);
    }
    if (System.getProperty("plot") != null) {
      plot(Path.of(System.getProperty("plot")), blocks, kept, recomputed);
    }
  }

  /** Megabytes. */
  private static double measure(int blocks, boolean recompute) throws IOException {
    ModelConfig config = config(blocks);
    TrainingProgram training =
        TrainingProgram.record(config, TYPES, Recorder.forTraining(new SeededChance()), 0,
            new ActivationMemory(recompute, false));
    try (Arena arena = Arena.ofShared()) {
      NamedTensors weights = InitialWeights.draw(training, 0, arena);
      double before = resident();
      try (Executable executable = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), Integer.getInteger("threads", 2)).prepare(
          training.program(), weights, new ExecutionLimits(SEQUENCES, SEQUENCES * 2 * LENGTH, 2 * LENGTH), ProgressListener.NONE)) {
        write(executable, config);
        executable.run(0, SEQUENCES, 2 * LENGTH, 2 * LENGTH);
        return (resident() - before - 4.0 * training.program().parameters()) / 1e6;
      }
    }
  }

  private static ModelConfig config(int blocks) {
    Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", "terraformer", "vocabulary_size", VOCABULARY, "width", WIDTH,
        "max_length", 2 * LENGTH, "blocks", blocks, "attention", Map.of("type", "sparse_qkv", "heads", 4, "modules", 4),
        "recurrence", "simple_recurrent_unit", "logits", Map.of("type", "multiplicative", "modules", 4),
        "feed_forward", Map.of("type", "sparse", "hidden_size", 4 * WIDTH, "block_size", 16, "low_rank", WIDTH / 4)));
    map.put("encoder", Map.of("blocks", 2, "attention", Map.of("type", "dense", "heads", 4), "reversible", true, "swaps", 2));
    return ModelConfig.fromMap(map);
  }

  private static void write(Executable executable, ModelConfig config) {
    Program program = executable.program();
    int[] words = new SplittableRandom(1).ints(SEQUENCES * LENGTH, 1, VOCABULARY).toArray();
    SourceTargetRows rows = SourceTargetRows.of(config, SEQUENCES, words, words);
    int count = SEQUENCES * rows.length();
    float[] lossWeights = new float[words.length];
    Arrays.fill(lossWeights, 1f / words.length);
    executable.write(program.input(TransformerLm.TOKENS), rows.tokens(), count);
    executable.write(program.input(TrainingProgram.TARGETS), rows.laidOut(words), count);
    executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), rows.laidOut(lossWeights), count);
    executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
    executable.write(program.input(SeededChance.SEED), new int[] {1}, 1);
    rows.write(executable);
  }

  /** Bytes, as Linux says, after what the virtual machine does not need has been given back. */
  private static double resident() throws IOException {
    System.gc();
    try {
      ManagementFactory.getPlatformMBeanServer().invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"),
          "systemTrimNativeHeap", null, null);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
    return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", ""))).sum();
  }

  private static void plot(Path file, List<Integer> blocks, List<Double> kept, List<Double> recomputed) {
    XYChart chart = ChartFile.chart(760, 460, "Memory of a training step", "decoder blocks", "MB, without weights and their gradients");
    chart.addSeries("activations kept", blocks, kept);
    chart.addSeries("computed again", blocks, recomputed);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    ChartFile.write(file, chart);
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format, arguments);
  }
}
