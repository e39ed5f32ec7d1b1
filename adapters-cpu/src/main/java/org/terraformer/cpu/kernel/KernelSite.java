package org.terraformer.cpu.kernel;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.cpu.run.HugePages;
import org.terraformer.ports.kernel.ExecutionLimits;

/** Where the kernels of an executable are made: what the runs may ask of them, how many workers will run them, and memory. */
public final class KernelSite {
  private static final long CACHE_LINE = 64;

  private final ExecutionLimits limits;
  private final int workers;
  private final Arena arena;
  private final Map<Long, List<Long>> shared = new HashMap<>();
  private final Map<Long, Integer> taken = new HashMap<>();

  /**
   * @param arena lives as long as the executable
   */
  public KernelSite(ExecutionLimits limits, int workers, Arena arena) {
    this.limits = limits;
    this.workers = workers;
    this.arena = arena;
  }

  public ExecutionLimits limits() {
    return limits;
  }

  public int workers() {
    return workers;
  }

  /** Goes on to the next kernel, which may share memory with all before. */
  public void next() {
    taken.clear();
  }

  /** The address of memory for the kernel's own use, aligned to a cache line and filled with zeros. */
  public long allocate(long bytes) {
    return HugePages.allocate(Math.max(CACHE_LINE, bytes), CACHE_LINE, arena).address();
  }

  /**
   * The address of memory that nobody else uses during a run of the kernel, aligned to a cache line. Other kernels use it before
   * and after, as they run one after another: so the memory of kernels does not grow with the number of blocks.
   */
  public long share(long bytes) {
    List<Long> alike = shared.computeIfAbsent(bytes, any -> new ArrayList<>());
    int number = taken.merge(bytes, 1, Integer::sum) - 1;
    if (number == alike.size()) {
      alike.add(allocate(bytes));
    }
    return alike.get(number);
  }

  /** As {@link #share}, for each worker: worker w has the memory from {@code w * perWorker(bytes)}. */
  public long sharePerWorker(long bytes) {
    return share(workers * perWorker(bytes));
  }

  /** The bytes from one worker's memory to the next one's, of which each has this many: no cache line belongs to two of them. */
  public static long perWorker(long bytes) {
    return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  }
}
