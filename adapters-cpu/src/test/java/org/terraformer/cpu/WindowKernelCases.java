package org.terraformer.cpu;

import static java.util.Map.entry;
import static org.terraformer.cpu.KernelCases.attentionInputs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.terraformer.cpu.KernelCases.KernelCase;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.ChunkedAttentionGradient;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshAttentionGradient;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.random.AttentionDropout;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** As {@link KernelCases}, for attention in windows of rows as they are or sorted by buckets, and its gradients. */
final class WindowKernelCases {
  private static final AttentionDropout DROPOUT = new AttentionDropout(0.3f, 2);

  /** By operation name. */
  static final Map<String, KernelCase> ALL = Map.ofEntries(
      entry("chunked_attention", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        int chunkLength = sizes.flag() ? 0 : sizes.size(6);
        AttentionWindow window = new AttentionWindow(chunkLength, chunkLength == 0 ? 0 : sizes.size(3) - 1,
            chunkLength == 0 ? 0 : sizes.size(3) - 1, causal, sizes.flag(), !causal && sizes.flag());
        int heads = sizes.size(3);
        int keys = heads * sizes.size(40);
        int values = heads * sizes.size(40);
        List<Value> operands = attentionInputs(recorder, keys, values);
        if (window.masked()) {
          operands.add(mask(recorder));
        }
        if (causal) {
          operands.addAll(List.of(recorder.startPositions(), recorder.contextState("keys", keys), recorder.contextState("values", values)));
        }
        return recorder.apply(new ChunkedAttention(heads, window), operands);
      }),
      entry("lsh_buckets", (recorder, sizes) -> {
        LshBuckets hashing = hashing(sizes, sizes.size(3), sizes.flag());
        return buckets(recorder, hashing, recorder.input("x", DType.F32, Extent.ROW, hashing.heads() * sizes.size(40)));
      }),
      entry("lsh_attention", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        LshBuckets hashing = hashing(sizes, sizes.size(3), !causal && sizes.flag());
        AttentionWindow window = window(sizes, causal, hashing.masked());
        int standardLength = sizes.flag() ? 0 : sizes.size(3);
        int heads = hashing.heads();
        int keys = heads * sizes.size(40);
        int values = heads * sizes.size(40);
        List<Value> operands = attentionInputs(recorder, keys, values);
        operands.add(buckets(recorder, hashing, operands.getFirst()));
        if (window.masked()) {
          operands.add(mask(recorder));
        }
        if (causal) {
          operands.addAll(List.of(recorder.startPositions(), recorder.contextState("keys", keys), recorder.contextState("values", values)));
          if (standardLength == 0) {
            operands.add(recorder.slotIntegers("latest", heads, hashing.hashes(), hashing.buckets()));
            operands.add(recorder.contextIntegers("chains", heads, hashing.hashes()));
          }
        }
        return recorder.apply(new LshAttention(heads, hashing.hashes(), window, standardLength), operands);
      }),
      entry("chunked_attention_gradient", (recorder, sizes) -> {
        AttentionWindow window = window(sizes);
        int heads = sizes.size(3);
        int values = heads * sizes.size(40);
        List<Value> operands = attentionInputs(recorder, heads * sizes.size(40), values);
        operands.add(recorder.input("upstream", DType.F32, Extent.ROW, values));
        return recorder.apply(new ChunkedAttentionGradient(heads, window, dropout(recorder, sizes, window, operands)), operands);
      }),
      entry("lsh_attention_gradient", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        LshBuckets hashing = hashing(sizes, sizes.size(3), !causal && sizes.flag());
        AttentionWindow window = window(sizes, causal, hashing.masked());
        int values = hashing.heads() * sizes.size(40);
        List<Value> operands = attentionInputs(recorder, hashing.heads() * sizes.size(40), values);
        operands.add(recorder.input("upstream", DType.F32, Extent.ROW, values));
        operands.add(buckets(recorder, hashing, operands.getFirst()));
        return recorder.apply(new LshAttentionGradient(hashing.heads(), hashing.hashes(), window, sizes.flag() ? 0 : sizes.size(3),
            dropout(recorder, sizes, window, operands)), operands);
      }),
      entry("dropped_chunked_attention", (recorder, sizes) -> {
        AttentionWindow window = window(sizes);
        int heads = sizes.size(3);
        List<Value> operands = attentionInputs(recorder, heads * sizes.size(40), heads * sizes.size(40));
        drawn(recorder, window, operands);
        return recorder.apply(new DroppedChunkedAttention(heads, window, DROPOUT), operands);
      }),
      entry("dropped_lsh_attention", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        LshBuckets hashing = hashing(sizes, sizes.size(3), !causal && sizes.flag());
        AttentionWindow window = window(sizes, causal, hashing.masked());
        int standardLength = sizes.flag() ? 0 : sizes.size(3);
        List<Value> operands = attentionInputs(recorder, hashing.heads() * sizes.size(40), hashing.heads() * sizes.size(40));
        operands.add(buckets(recorder, hashing, operands.getFirst()));
        drawn(recorder, window, operands);
        return recorder.apply(new DroppedLshAttention(hashing.heads(), hashing.hashes(), window, standardLength, DROPOUT), operands);
      }));

  private WindowKernelCases() {}

  private static AttentionWindow window(RandomSizes sizes) {
    boolean causal = sizes.flag();
    int chunkLength = sizes.flag() ? 0 : sizes.size(6);
    return new AttentionWindow(chunkLength, chunkLength == 0 ? 0 : sizes.size(3) - 1, chunkLength == 0 || causal ? 0 : sizes.size(3) - 1,
        causal, sizes.flag(), !causal && sizes.flag());
  }

  private static AttentionWindow window(RandomSizes sizes, boolean causal, boolean masked) {
    return new AttentionWindow(sizes.size(6), sizes.size(3) - 1, causal ? 0 : sizes.size(3) - 1, causal, sizes.flag(), masked);
  }

  /** Adds the operands that a gradient has for a mask and for weights that are left out in half of the cases. */
  private static AttentionDropout dropout(Recorder recorder, RandomSizes sizes, AttentionWindow window, List<Value> operands) {
    if (sizes.flag()) {
      drawn(recorder, window, operands);
      return DROPOUT;
    }
    if (window.masked()) {
      operands.add(mask(recorder));
    }
    return AttentionDropout.NONE;
  }

  private static void drawn(Recorder recorder, AttentionWindow window, List<Value> operands) {
    if (window.masked()) {
      operands.add(mask(recorder));
    }
    operands.add(recorder.input("seed", DType.I32, Extent.FIXED));
  }

  private static Value mask(Recorder recorder) {
    return recorder.apply(new NotEqual(0), recorder.input("mask", DType.I32, Extent.ROW));
  }

  private static LshBuckets hashing(RandomSizes sizes, int heads, boolean masked) {
    List<Integer> factors = sizes.flag() ? List.of(2 * sizes.size(5)) : List.of(2 * sizes.size(3), 2 * sizes.size(3));
    return new LshBuckets(heads, sizes.size(3), factors, masked, sizes.flag(), sizes.size(10));
  }

  private static Value buckets(Recorder recorder, LshBuckets hashing, Value x) {
    List<Value> operands = new ArrayList<>(List.of(x));
    if (hashing.drawn()) {
      operands.add(recorder.input("rotations", DType.F32, x.width() % 2 == 0 ? Extent.FIXED : Extent.SEQUENCE,
          x.width(), hashing.hashes(), hashing.columns()));
    }
    if (hashing.masked()) {
      operands.add(mask(recorder));
    }
    return recorder.apply(hashing, operands);
  }
}
