package org.terraformer.ports.kernel;

import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * What an executable must have room for.
 *
 * @param sequences sequence slots, each with its own state
 * @param rows rows of one run, over all its sequences
 * @param kept rows of one run, over all its sequences, whose results are wanted
 * @param contextLength positions that a sequence slot remembers; also the most rows of a sequence in one run, whether the program
 *     remembers any or not
 * @param cache the type of per-position state (keys and values): F32 or BF16
 */
public record ExecutionLimits(int sequences, int rows, int kept, int contextLength, DType cache) {
  public ExecutionLimits {
    require("sequences", sequences);
    require("rows", rows);
    require("kept", kept);
    require("contextLength", contextLength);
    if (cache != DType.F32 && cache != DType.BF16) {
      throw InvalidInputException.of("The cache type is %s but must be F32 or BF16.", cache);
    }
  }

  /** For runs of which all results may be wanted. */
  public ExecutionLimits(int sequences, int rows, int contextLength, DType cache) {
    this(sequences, rows, rows, contextLength, cache);
  }

  /** For runs of which all results may be wanted, with a cache of F32. */
  public ExecutionLimits(int sequences, int rows, int contextLength) {
    this(sequences, rows, contextLength, DType.F32);
  }

  /** The largest number of items that a value of this extent can hold. */
  public long capacity(Extent extent) {
    return switch (extent) {
      case FIXED -> 1;
      case SEQUENCE, SLOT -> sequences;
      case ROW -> rows;
      case KEPT_ROW -> kept;
      case PART -> Extent.partOf(rows);
      case CONTEXT -> (long) sequences * contextLength;
    };
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw InvalidInputException.of("The execution limit %s is %d but must be at least 1.", name, value);
    }
  }
}
