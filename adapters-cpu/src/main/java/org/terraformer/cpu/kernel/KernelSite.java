package org.terraformer.cpu.kernel;

import java.lang.foreign.Arena;
import org.terraformer.ports.kernel.ExecutionLimits;

/**
 * Where a kernel is made: what the runs may ask of it, how many workers will run it, and memory of its own.
 *
 * @param arena lives as long as the executable
 */
public record KernelSite(ExecutionLimits limits, int workers, Arena arena) {
  private static final long CACHE_LINE = 64;

  /** The address of memory for the kernel's own use, aligned to a cache line and filled with zeros. */
  public long allocate(long bytes) {
    return arena.allocate(Math.max(CACHE_LINE, bytes), CACHE_LINE).address();
  }

  /** As {@link #allocate}, for each worker: worker w has the memory from {@code w * perWorker(bytes)}. */
  public long allocatePerWorker(long bytes) {
    return allocate(workers * perWorker(bytes));
  }

  /** The bytes from one worker's memory to the next one's, of which each has this many: no cache line belongs to two of them. */
  public static long perWorker(long bytes) {
    return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  }
}
