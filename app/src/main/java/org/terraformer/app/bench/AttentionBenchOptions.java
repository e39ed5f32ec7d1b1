package org.terraformer.app.bench;

import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * What attention is measured at.
 *
 * @param contexts tokens in the cache, in this order
 * @param heads heads of the layer
 * @param hashes hash rounds
 * @param chunkLength rows of a chunk, which give the number of candidates
 * @param tokens tokens timed at each context
 * @param cache the type of cached keys and values
 */
public record AttentionBenchOptions(List<Integer> contexts, int heads, int hashes, int chunkLength, int tokens, DType cache) {
  /** Elements of a query, key or value of one head. */
  public static final int HEAD_SIZE = 64;

  private static final int SHORTEST = 16;
  private static final int LONGEST = 1 << 20;

  public AttentionBenchOptions {
    contexts = List.copyOf(contexts);
    for (int context : contexts) {
      require("contexts", context, SHORTEST, LONGEST);
    }
    require("heads", heads, 1, 1024);
    require("hashes", hashes, 1, 64);
    require("chunk", chunkLength, 1, 1 << 16);
    require("tokens", tokens, 1, 1_000_000);
  }

  int width() {
    return heads * HEAD_SIZE;
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw InvalidInputException.of("--%s is %d but must be from %d to %d.", name, value, least, most);
    }
  }
}
