package org.terraformer.domain.layer.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.Gaussian;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;

/**
 * Attention among rows whose queries, which are the keys too, share a bucket of a locality-sensitive hashing (Kitaev et al.,
 * "Reformer: the efficient transformer", 2020); see {@link LshAttention}. Different queries and keys are shared as their mean.
 * Hashing is an operation of its own, whose result is a tensor. While a model is trained, each run hashes by other rotations;
 * else they are always the same.
 *
 * @param hashes hash rounds
 * @param factors the numbers of buckets, each even, whose product is the number of all
 * @param chunkLength rows of a chunk of the sorted sequence
 * @param before chunks seen before a row's own
 * @param after chunks seen behind it; 0 if causal
 * @param standardLength rows up to which attention is plain; 0 if it never is
 * @param masked whether rows can be hidden, by the recorder's mask, where attention is not causal
 * @param rotations where rotations come from instead
 */
public record LshAttentionCore(int hashes, List<Integer> factors, int chunkLength, int before, int after, boolean causal,
    int standardLength, boolean masked, Optional<Rotations> rotations) implements AttentionCore {
  private static final int SEED = 17;
  private static final int MOST_UNFACTORED = 128;
  /** Within these, the number of keys seen is an int. */
  private static final int MOST_HASHES = 64;
  private static final int LONGEST_CHUNK = 65_536;
  private static final int MOST_CHUNKS = 100;

  /** Where the rotations of a hashing come from. */
  @FunctionalInterface
  public interface Rotations {
    /** Rotations [heads, size, hashes, columns], one for the run or for each sequence. */
    Value of(Recorder recorder, long... shape);
  }

  public LshAttentionCore {
    factors = List.copyOf(factors);
  }

  /**
   * The numbers of buckets that the reference chooses for a length: twice as many as chunks in all, as two factors if these are
   * more than 128.
   */
  public static List<Integer> factors(int length, int chunkLength) {
    int buckets = 2 * Math.max(1, length / chunkLength);
    if (buckets <= MOST_UNFACTORED) {
      return List.of(buckets);
    }
    int first = 1;
    while ((long) first * first < buckets) {
      first *= 2;
    }
    return List.of(first, 2 * (buckets / (2 * first)));
  }

  /**
   * Reads the options {@code hashes} (1), {@code buckets} (a number or a list of factors; as many as the reference chooses for the
   * model's length), {@code chunk_length} (128), {@code chunks_before} (1) and, in an encoder, {@code chunks_after} (0).
   */
  static LshAttentionCore of(Options options, int maxLength, boolean causal, int standardLength) {
    int chunkLength = chunkLength(options);
    return new LshAttentionCore(options.integer("hashes", 1, MOST_HASHES, 1), factors(options, maxLength, chunkLength), chunkLength,
        options.integer("chunks_before", 0, MOST_CHUNKS, 1), causal ? 0 : options.integer("chunks_after", 0, MOST_CHUNKS, 0), causal,
        standardLength, !causal, Optional.empty());
  }

  /** The option {@code chunk_length} of a layer, 128 where it is absent. */
  public static int chunkLength(Options options) {
    return options.integer("chunk_length", 1, LONGEST_CHUNK, 128);
  }

  private static List<Integer> factors(Options options, int maxLength, int chunkLength) {
    if (!options.has("buckets")) {
      return factors(maxLength, chunkLength);
    }
    List<Integer> factors = options.any("buckets") instanceof List<?> ? options.sizes("buckets") : List.of(options.size("buckets"));
    long all = 1;
    for (int factor : factors) {
      all *= factor;
      if (factor % 2 != 0 || all > 1 << 20) {
        throw options.wrong("buckets", options.any("buckets"), "must be even, with a product of at most 1048576");
      }
    }
    return factors;
  }

  @Override
  public Value attend(Recorder recorder, Value query, Value key, Value value, int heads) {
    Value shared = query.equals(key) ? query : recorder.apply(new Scale(0.5f), recorder.apply(new Add(), query, key));
    Value byHead = recorder.reshape(shared, heads, shared.shape().elements() / heads);
    List<Value> operands = new ArrayList<>(
        List.of(byHead, HeadProjections.normalized(recorder, byHead), value, buckets(recorder, byHead, heads)));
    if (masked) {
      operands.add(recorder.mask());
    }
    AttentionWindow window = new AttentionWindow(chunkLength, before, after, causal, true, masked);
    Optional<DrawnWeights> drawn = DrawnWeights.of(recorder);
    if (drawn.isPresent()) {
      operands.add(drawn.get().seed());
      return recorder.apply(new DroppedLshAttention(heads, hashes, window, standardLength, drawn.get().dropout()), operands);
    }
    if (causal) {
      operands.add(recorder.startPositions());
      operands.add(recorder.contextState("keys", byHead.width()));
      operands.add(recorder.contextState("values", value.width()));
      if (standardLength == 0) {
        operands.add(recorder.slotIntegers("latest", heads, hashes, factors.stream().reduce(1, Math::multiplyExact)));
        operands.add(recorder.contextIntegers("chains", heads, hashes));
      }
    }
    return recorder.apply(new LshAttention(heads, hashes, window, standardLength), operands);
  }

  private Value buckets(Recorder recorder, Value byHead, int heads) {
    Optional<Rotations> drawn = rotations.or(() -> recorder.chance().map(chance -> (Rotations) (inside, shape) -> {
      long[] pairs = Arrays.copyOf(shape, shape.length + 1);
      pairs[shape.length] = 2;
      return inside.apply(new Gaussian(), chance.uniform(inside, "rotations", Extent.FIXED, 0, 1, pairs));
    }));
    LshBuckets hashing = new LshBuckets(heads, hashes, factors, masked, drawn.isPresent(), SEED);
    List<Value> operands = new ArrayList<>(List.of(byHead));
    drawn.ifPresent(source -> operands.add(source.of(recorder, heads, byHead.shape().columns(), hashes, hashing.columns())));
    if (masked) {
      operands.add(recorder.mask());
    }
    return recorder.apply(hashing, operands);
  }
}
