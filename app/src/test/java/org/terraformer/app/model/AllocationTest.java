package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

class AllocationTest {
  private static final int TOKENS = 1000;

  @Test
  void aThousandDecodeStepsAllocateNothingOnAnyThread() {
    Program program = TransformerLm.record(config(), new LayerTypes(BuiltInLayerTypes.all()));
    try (Executable executable = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2)
        .prepare(program, new RandomModels(1).weights(program, DType.Q8), new ExecutionLimits(1, 16, 8000), ProgressListener.NONE)) {
      DecodingSession session = new DecodingSession(executable, 8000);
      float[] logits = new float[session.vocabularySize()];
      int[] next = {1};
      decode(session, logits, next, 5000);
      Map<Long, Long> before = allocatedBytes();
      decode(session, logits, next, TOKENS);
      Map<Long, Long> after = allocatedBytes();
      long own = after.get(Thread.currentThread().threadId()) - before.get(Thread.currentThread().threadId());
      assertThat(own).as("bytes of the calling thread, the maps of this test included").isLessThan(16_384);
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("terraformer-worker")) {
          assertThat(after.get(thread.threadId()) - before.get(thread.threadId())).as(thread.getName()).isZero();
        }
      }
    }
  }

  private static void decode(DecodingSession session, float[] logits, int[] next, int count) {
    for (int i = 0; i < count; i++) {
      session.step(0, 1, next);
      session.readLogits(logits, 1);
      next[0] = (next[0] + 1) % logits.length;
    }
  }

  private static Map<Long, Long> allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<Long, Long> bytes = new LinkedHashMap<>();
    for (long id : threads.getAllThreadIds()) {
      bytes.put(id, threads.getThreadAllocatedBytes(id));
    }
    return bytes;
  }

  private static ModelConfig config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", 64);
    map.put("width", 32);
    map.put("blocks", 2);
    map.put("max_length", 8000);
    map.put("attention", List.of(Map.of("type", "sparse_qkv", "heads", 4, "modules", 4), Map.of("type", "dense", "heads", 4)));
    map.put("feed_forward", List.of(Map.of("type", "sparse", "hidden_size", 64, "block_size", 8), Map.of("type", "dense", "hidden_size", 64)));
    map.put("logits", Map.of("type", "multiplicative", "modules", 4));
    return ModelConfig.fromMap(map);
  }
}
