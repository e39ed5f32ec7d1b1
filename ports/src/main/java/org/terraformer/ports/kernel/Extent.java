package org.terraformer.ports.kernel;

/**
 * How many items of its shape a value holds. A run processes {@code sequences} sequences of {@code length} new rows each
 * (a row is one token); results are wanted for the last {@code kept} rows of each sequence.
 */
public enum Extent {
  /** One item, whatever is run: weights. */
  FIXED,
  /** One item for each sequence of the run. */
  SEQUENCE,
  /** One item for each row of the run: item {@code sequence * length + t}. */
  ROW,
  /** One item for each row whose result is wanted: item {@code sequence * kept + t}. */
  KEPT_ROW,
  /** One item for each row of a part: the run's rows are in {@link #PARTS} parts of one size, of which the last may lack some. */
  PART,
  /** State: one item for each sequence slot of the executable. */
  SLOT,
  /** State: one item for each position up to the context length, in each sequence slot. */
  CONTEXT;

  /** The number of parts of a run's rows. */
  public static final int PARTS = 16;

  /** The rows of a part of so many. */
  public static long partOf(long rows) {
    return (rows + PARTS - 1) / PARTS;
  }
}
