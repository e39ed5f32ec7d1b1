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
 * @param tokens tokens timed at each context, the last of it: they and the warm-up before them are decoded within the context
 * @param cache the type of cached keys and values
 */
public record AttentionBenchOptions(List<Integer> contexts, int heads, int hashes, int chunkLength, int tokens, DType cache) {
  /** Elements of a query, key or value of one head. */
  public static final int HEAD_SIZE = 64;

  /** Rows that one kind of attention decodes before the turn of the other. */
  static final int TURN = 9;

  private static final int WARM_UP = 200;
  private static final int SHORTEST = 32;
  private static final int LONGEST = 1 << 20;

  public AttentionBenchOptions {
    contexts = List.copyOf(contexts);
    require("heads", heads, 1, 1024);
    require("hashes", hashes, 1, 64);
    require("chunk", chunkLength, 1, 1 << 16);
    require("tokens", tokens, 1, 1_000_000);
    for (int context : contexts) {
      require("contexts", context, SHORTEST, LONGEST);
      if ((long) context * heads * HEAD_SIZE > Integer.MAX_VALUE) {
        throw InvalidInputException.of("--contexts is %d and --heads %d, whose rows of %d elements are more than an array holds.",
            context, heads, heads * HEAD_SIZE);
      }
      int most = (TURN - 1) * ((context - 1) / TURN - warmUpTurns(context));
      if (tokens > most) {
        throw InvalidInputException.of("--tokens is %d but only %d can be timed in the --contexts of %d.", tokens, most, context);
      }
    }
  }

  /** Turns before the clock is looked at. */
  static int warmUpTurns(int context) {
    return Math.ceilDiv(Math.min(WARM_UP, context / 4), TURN);
  }

  /** Turns that are timed, each without its first row. */
  int timedTurns() {
    return Math.ceilDiv(tokens, TURN - 1);
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
