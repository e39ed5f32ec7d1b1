package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * The sizes of a model whose dense and sparse variants are compared. Where attention is sparse its saved parameters go to the feed-forward
 * layers, as in the paper's decoding tables, so that all variants have about as many.
 *
 * @param width d_model
 * @param hiddenSize d_ff beside dense attention
 * @param hiddenSizeWithSparseQkv d_ff beside sparse attention
 * @param blockSize the paper's N
 * @param lowRank the rank of the controller, or 0 for d_ff / N
 * @param modules the paper's S
 * @param logitsModules modules of the sparse logits layer
 */
public record BenchShape(String name, int width, int heads, int blocks, int vocabularySize, int hiddenSize, int hiddenSizeWithSparseQkv,
    int blockSize, int lowRank, int modules, int logitsModules) {
  private static final int KERNEL_LENGTH = 3;
  private static final int WIDEST = 1 << 17;

  private static final Map<String, BenchShape> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put("tiny", new BenchShape("tiny", 128, 4, 2, 1000, 512, 768, 16, 0, 4, 4));
    NAMED.put("800m", new BenchShape("800m", 1024, 16, 24, 32_000, 4096, 6144, 64, 0, 16, 4));
    NAMED.put("17b", new BenchShape("17b", 9216, 96, 6, 32_000, 40_960, 65_536, 256, 32, 64, 8));
  }

  /** Whether there is a shape of this name. */
  public static boolean known(String name) {
    return NAMED.containsKey(name);
  }

  /**
   * A shape by its name.
   *
   * @throws InvalidInputException listing the names there are
   */
  public static BenchShape named(String name) {
    BenchShape shape = NAMED.get(name);
    if (shape == null) {
      throw InvalidInputException.of("The shape is %s but must be one of %s, %s, a model folder or a configuration file.",
          name, String.join(", ", NAMED.keySet()), String.join(", ", SourceShape.names()));
    }
    return shape;
  }

  /** The same shape with another number of blocks. */
  public BenchShape withBlocks(int count) {
    return new BenchShape(name, width, heads, count, vocabularySize, hiddenSize, hiddenSizeWithSparseQkv, blockSize, lowRank, modules,
        logitsModules);
  }

  /**
   * The same shape with all widths scaled to another d_model. Heads keep their size; S and N grow with its square root, rounded to powers
   * of two, as the paper proposes, so that a sparse block reads about d_model^1.5 weights and a dense one d_model^2.
   */
  public BenchShape withWidth(int other) {
    if (other > WIDEST) {
      throw InvalidInputException.of("The width is %d but must be %d at most.", other, WIDEST);
    }
    int headSize = width / heads;
    int scaledModules = Math.max(1, rooted(modules, other));
    if (other < headSize || other % headSize != 0 || other % scaledModules != 0) {
      throw InvalidInputException.of("The width is %d but must be a multiple of the head size %d and of the %d modules.", other, headSize, scaledModules);
    }
    int group = Math.max(1, rooted(blockSize, other));
    return new BenchShape(name, other, other / headSize, blocks, vocabularySize, scaled(hiddenSize, other, group),
        scaled(hiddenSizeWithSparseQkv, other, group), group, lowRank, scaledModules, logitsModules);
  }

  private int rooted(int size, int other) {
    double exact = size * Math.sqrt((double) other / width);
    return 1 << Math.max(0, Math.round(Math.log(exact) / Math.log(2)));
  }

  private int scaled(int size, int other, int group) {
    return Math.max(group, (int) ((long) size * other / width) / group * group);
  }

  /** The model of a variant. */
  public ModelConfig config(Variant variant, int maxLength) {
    int hidden = variant.sparseQkv() ? hiddenSizeWithSparseQkv : hiddenSize;
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", vocabularySize);
    map.put("width", width);
    map.put("blocks", blocks);
    map.put("max_length", maxLength);
    map.put("attention", variant.sparseQkv()
        ? Map.of("type", "sparse_qkv", "heads", heads, "modules", modules, "kernel_length", KERNEL_LENGTH)
        : Map.of("type", "dense", "heads", heads));
    map.put("feed_forward", variant.sparseFeedForward()
        ? Map.of("type", "sparse", "hidden_size", hidden, "block_size", blockSize, "low_rank", lowRank == 0 ? hidden / blockSize : lowRank)
        : Map.of("type", "dense", "hidden_size", hidden));
    map.put("logits", variant.sparseLogits()
        ? Map.of("type", "multiplicative", "modules", logitsModules) : Map.of("type", "dense"));
    return ModelConfig.fromMap(map);
  }
}
