package org.terraformer.app.model;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;

/**
 * What a thousand decode steps allocate, once the compiler has done its work.
 *
 * @param first the first of two neighbouring kinds of attention
 */
record DecodingAllocation(int first, DType matrices, DType cache, String positions, String logits, int threads) {
  /** Each model has two of them, one after the other in this list, and two feed-forward layers. */
  static final List<Map<String, Object>> ATTENTION = List.of(
      Map.of("type", "dense", "heads", 4, "rotary_base", 10_000, "depthwise_length", 3),
      Map.of("type", "sparse_qkv", "heads", 4, "modules", 4, "value_input", "concatenated_modules", "output", "multiplicative_convolutional"),
      Map.of("type", "modular", "heads", 4, "kernel", 3),
      Map.of("type", "multiplicative", "heads", 4),
      Map.of("type", "multiplicative_modular", "heads", 4),
      Map.of("type", "low_rank", "heads", 4, "low_rank", 5),
      Map.of("type", "convolutional", "heads", 4, "kernel", 3, "kernel_length", 3),
      Map.of("type", "lsh", "heads", 4, "hashes", 2, "buckets", 8, "chunk_length", 8),
      Map.of("type", "pure_lsh", "heads", 4, "hashes", 3, "buckets", List.of(4, 4), "chunk_length", 16),
      Map.of("type", "chunked", "heads", 4, "share_query_key", true, "chunk_length", 16, "chunks_before", 1),
      Map.of("type", "favor", "heads", 4));
  static final List<Map<String, Object>> FEED_FORWARD = List.of(
      Map.of("type", "sparse", "hidden_size", 256, "block_size", 8, "multiply_by_controller", true),
      Map.of("type", "dense", "hidden_size", 64, "activation", "gelu"),
      Map.of("type", "block_sparse", "hidden_size", 64, "experts", 4),
      Map.of("type", "switch", "hidden_size", 64, "experts", 4));

  private static final int TOKENS = 1000;
  private static final int CONTEXT = 250;
  private static final int MOST_TRIES = 60;
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The bytes that the calling thread and the crew allocate in a thousand steps: the first zero, or the last number of many. */
  long measure() {
    Program program = TransformerLm.record(config(), TYPES);
    ExecutionLimits limits = new ExecutionLimits(1, 16, CONTEXT, cache);
    Set<Thread> others = Thread.getAllStackTraces().keySet();
    try (Executable executable = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads)
        .prepare(program, new RandomModels(1).weights(program, matrices), limits, ProgressListener.NONE)) {
      DecodingSession session = new DecodingSession(executable, CONTEXT);
      float[] output = new float[session.vocabularySize()];
      int[] next = {1};
      long[] ids = callerAndCrew(others);
      if (ids.length != threads) {
        throw new IllegalStateException("There are %d threads instead of %d.".formatted(ids.length, threads));
      }
      // Until the compiler has done its work, vectors are objects.
      long bytes = Long.MAX_VALUE;
      for (int i = 0; i < MOST_TRIES && bytes > 0; i++) {
        bytes = decode(session, output, next, ids);
      }
      return bytes;
    }
  }

  /** {@link #measure} in a virtual machine that has run nothing else, whose compiler sees this model alone. */
  long measureInAnotherMachine() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> option.startsWith("--add-modules")).forEach(command::add);
    command.addAll(List.of(DecodingAllocation.class.getName(), "" + first, "" + matrices, "" + cache, positions, logits, "" + threads));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("The other machine ended with %d.".formatted(process.exitValue()));
    }
    return Long.parseLong(out.strip());
  }

  public static void main(String[] args) {
    System.out.println(new DecodingAllocation(Integer.parseInt(args[0]), DType.valueOf(args[1]), DType.valueOf(args[2]), args[3], args[4],
        Integer.parseInt(args[5])).measure());
  }

  private static long decode(DecodingSession session, float[] logits, int[] next, long[] threads) {
    long before = allocated(threads);
    for (int i = 0; i < TOKENS; i++) {
      if (session.position(0) == CONTEXT) {
        session.reset(0);
      }
      session.step(0, 1, next);
      session.readLogits(logits, 1);
      next[0] = (next[0] + 1) % logits.length;
    }
    return allocated(threads) - before;
  }

  private static long allocated(long[] threads) {
    long bytes = 0;
    for (long thread : threads) {
      bytes += THREADS.getThreadAllocatedBytes(thread);
    }
    return bytes;
  }

  private static long[] callerAndCrew(Set<Thread> others) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread == Thread.currentThread() || !others.contains(thread) && thread.getName().startsWith("terraformer-worker"))
        .mapToLong(Thread::threadId).toArray();
  }

  private ModelConfig config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", 64);
    map.put("width", 32);
    map.put("blocks", 2);
    map.put("max_length", CONTEXT);
    map.put("positions", positions.equals("axial") ? Map.of("type", "axial", "shape", List.of(25, 10), "widths", List.of(16, 16))
        : Map.of("type", positions));
    map.put("attention", ATTENTION.subList(first, first + 2));
    map.put("feed_forward", List.of(FEED_FORWARD.get(first % 4), FEED_FORWARD.get((first + 1) % 4)));
    map.put("recurrence", Map.of("type", "simple_recurrent_unit", "units", 8, "layers", 2));
    map.put("logits", switch (logits) {
      case "dense", "einsum" -> Map.of("type", logits);
      case "low_rank" -> Map.of("type", logits, "low_rank", 5);
      default -> Map.of("type", logits, "modules", 4);
    });
    return ModelConfig.fromMap(map);
  }
}
