package org.terraformer.tornado.task;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.HideRows;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.operation.SequenceMean;
import org.terraformer.ports.operation.Shift;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.operation.SourceRows;
import org.terraformer.ports.operation.TargetPositions;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;
import org.terraformer.tornado.task.TaskCases.TaskCase;

/** As {@link TaskCases}, for attention and for what models that read a source record. */
final class AttentionCases {
  static final Map<String, TaskCase> ALL = Map.ofEntries(
      entry("causal_attention", (recorder, sizes) -> {
        int heads = sizes.upTo(4);
        int keys = heads * sizes.upTo(40);
        int values = heads * sizes.upTo(40);
        List<Value> operands = inputs(recorder, keys, values);
        operands.addAll(List.of(recorder.startPositions(), recorder.contextState("keys", keys), recorder.contextState("values", values)));
        return recorder.apply(new CausalAttention(heads), operands);
      }),
      entry("masked_attention", (recorder, sizes) -> {
        int heads = sizes.upTo(4);
        List<Value> operands = inputs(recorder, heads * sizes.upTo(40), heads * sizes.upTo(40));
        operands.add(mask(recorder));
        return recorder.apply(new MaskedAttention(heads), operands);
      }),
      entry("chunked_attention", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        AttentionWindow window = sizes.flag() ? AttentionWindow.whole(causal, sizes.flag(), !causal && sizes.flag())
            : new AttentionWindow(sizes.upTo(6), sizes.upTo(3) - 1, sizes.upTo(3) - 1, causal, sizes.flag(), !causal && sizes.flag());
        int heads = sizes.upTo(3);
        int keys = heads * sizes.upTo(40);
        int values = heads * sizes.upTo(40);
        List<Value> operands = inputs(recorder, keys, values);
        if (window.masked()) {
          operands.add(mask(recorder));
        }
        if (causal) {
          operands.addAll(List.of(recorder.startPositions(), recorder.contextState("keys", keys), recorder.contextState("values", values)));
        }
        return recorder.apply(new ChunkedAttention(heads, window), operands);
      }),
      entry("lsh_attention", (recorder, sizes) -> {
        boolean causal = sizes.flag();
        LshBuckets hashing = hashing(sizes, sizes.upTo(3), !causal && sizes.flag());
        AttentionWindow window = new AttentionWindow(
            sizes.upTo(6), sizes.upTo(3) - 1, causal ? 0 : sizes.upTo(3) - 1, causal, sizes.flag(), hashing.masked());
        int standardLength = sizes.flag() ? 0 : sizes.upTo(3);
        int heads = hashing.heads();
        int keys = heads * sizes.upTo(40);
        int values = heads * sizes.upTo(40);
        List<Value> operands = inputs(recorder, keys, values);
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
      entry("lsh_buckets", (recorder, sizes) -> {
        LshBuckets hashing = hashing(sizes, sizes.upTo(3), sizes.flag());
        return buckets(recorder, hashing, recorder.input("x", DType.F32, Extent.ROW, hashing.heads() * sizes.upTo(40)));
      }),
      entry("memory_attention", (recorder, sizes) -> {
        int heads = sizes.upTo(4);
        int tokens = sizes.upTo(70);
        int keySize = sizes.upTo(40);
        return recorder.apply(new MemoryAttention(heads), recorder.input("query", DType.F32, Extent.ROW, heads * keySize),
            recorder.input("keys", DType.F32, Extent.FIXED, heads, tokens, keySize),
            recorder.input("values", DType.F32, Extent.FIXED, heads, tokens, sizes.upTo(40)));
      }),
      entry("linear_attention", (recorder, sizes) -> {
        int heads = sizes.upTo(3);
        int keys = heads * sizes.upTo(30);
        int values = heads * sizes.upTo(30);
        boolean causal = sizes.flag();
        // Features are positive, so that no sum of weights comes near zero.
        List<Value> operands = inputs(recorder, keys, values);
        operands.replaceAll(x -> recorder.apply(new Shift(0.1f), recorder.apply(new Activation(ActivationFunction.RELU), x)));
        if (causal) {
          operands.addAll(List.of(recorder.startPositions(), recorder.slotState("sums", keys, values / heads + 1)));
        }
        return recorder.apply(new LinearAttention(heads, causal), operands);
      }),
      entry("softmax_features", (recorder, sizes) -> {
        int heads = sizes.upTo(3);
        return recorder.apply(new SoftmaxFeatures(heads, sizes.upTo(40), sizes.flag()),
            recorder.input("x", DType.F32, Extent.ROW, heads * sizes.upTo(20)));
      }),
      entry("target_positions", (recorder, sizes) -> recorder.apply(new TargetPositions(), recorder.rowPositions(), lengths(recorder))),
      entry("source_rows", (recorder, sizes) -> recorder.apply(new SourceRows(sizes.flag()),
          recorder.input("x", DType.F32, Extent.ROW, sizes.upTo(200)), recorder.rowPositions(), lengths(recorder))),
      entry("hide_rows", (recorder, sizes) ->
          recorder.apply(new HideRows(), recorder.input("x", DType.F32, Extent.ROW, sizes.upTo(200)), mask(recorder))),
      entry("sequence_mean", (recorder, sizes) ->
          recorder.apply(new SequenceMean(), recorder.input("x", DType.F32, Extent.ROW, sizes.upTo(200)))));

  private AttentionCases() {}

  private static List<Value> inputs(Recorder recorder, int keys, int values) {
    return new ArrayList<>(List.of(recorder.input("query", DType.F32, Extent.ROW, keys), recorder.input("key", DType.F32, Extent.ROW, keys),
        recorder.input("value", DType.F32, Extent.ROW, values)));
  }

  private static Value mask(Recorder recorder) {
    return recorder.apply(new NotEqual(3), recorder.input("tokens", DType.I32, Extent.ROW));
  }

  private static LshBuckets hashing(TaskCases.Sizes sizes, int heads, boolean masked) {
    List<Integer> factors = sizes.flag() ? List.of(2 * sizes.upTo(5)) : List.of(2 * sizes.upTo(3), 2 * sizes.upTo(3));
    return new LshBuckets(heads, sizes.upTo(3), factors, masked, sizes.flag(), sizes.upTo(10));
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

  private static Value lengths(Recorder recorder) {
    return recorder.input("lengths", DType.I32, Extent.SEQUENCE);
  }
}
