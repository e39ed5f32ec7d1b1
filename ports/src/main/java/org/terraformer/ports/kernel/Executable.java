package org.terraformer.ports.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A program with memory, weights and threads, ready to run again and again. Not thread-safe. After the first run, a run
 * allocates nothing.
 */
public interface Executable extends AutoCloseable {

  Program program();

  ExecutionLimits limits();

  /** Writes the first {@code count} elements of an I32 input. */
  void write(Value input, int[] source, int count);

  /** Writes the first {@code count} elements of an F32 input. */
  void write(Value input, float[] source, int count);

  /**
   * Runs the program on {@code length} new rows of each of the sequences in slots {@code firstSlot} to
   * {@code firstSlot + sequences - 1}, and computes what comes after {@code keep_last} for the last {@code kept} rows of each.
   *
   * @throws org.terraformer.ports.failure.InvalidInputException if that exceeds the limits
   */
  void run(int firstSlot, int sequences, int length, int kept);

  /** Reads the first {@code count} elements of an F32 output. */
  void read(Value output, float[] destination, int count);

  /** Reads the first {@code count} elements of an I32 output. */
  void read(Value output, int[] destination, int count);

  /**
   * Where an F32 output lies, for who would not have it copied: a run leaves its result there, and it stays, unless it is overwritten, until the
   * next run. Empty if outputs are not in this process's memory.
   */
  default Optional<MemorySegment> memory(Value output) {
    return Optional.empty();
  }

  /** Copies all state of a slot, up to {@code positions} positions, to another slot. */
  void copySlot(int from, int to, int positions);

  /**
   * Tells that the weights' memory, which the executable was prepared from, has new values: the runs that follow compute with
   * them. Until then an executable may have seen them or not. Not possible while it runs.
   */
  void weightsChanged();

  /** Bytes of weights that one decoded token reads; choices made at run time count as one row each. */
  long weightBytesPerToken();

  @Override
  void close();
}
