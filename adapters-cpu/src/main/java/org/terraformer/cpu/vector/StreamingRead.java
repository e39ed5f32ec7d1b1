package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.INTS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.terraformer.cpu.run.HugePages;
import org.terraformer.cpu.run.ThreadCrew;
import org.terraformer.ports.kernel.BandwidthProbe;

/**
 * Reads a region of memory as fast as plain reading can: each worker its own contiguous part, which it touched first, in huge pages, as two
 * streams, one from its beginning and one from its middle, with nothing to do for a vector but one instruction. One stream alone, narrower
 * vectors, 4 KiB pages and software prefetch were all slower or no faster, and a loop of one stream in C was, too.
 */
public final class StreamingRead implements BandwidthProbe {
  private static final long BYTES = 1L << 30;
  /** What is read first, untimed: threads that slept may share a processor for some milliseconds after they woke. */
  private static final int WAKING = 4;
  private static final int STEP = INTS.vectorByteSize();

  private final Arena arena = Arena.ofShared();
  private final ThreadCrew crew;
  private final MemorySegment region;
  private final int half;
  private final int[] results;
  private boolean touched;
  private int part;

  public StreamingRead(int threads) {
    this.region = HugePages.allocate(BYTES, 64, arena);
    this.half = Math.toIntExact(BYTES / threads / 2 / (2L * STEP) * (2L * STEP));
    this.results = new int[threads * 64];
    this.crew = new ThreadCrew(threads, this::work);
    crew.run();
    touched = true;
  }

  private void work(int worker) {
    long from = 2L * worker * half;
    if (touched) {
      results[worker * 64] = read(region.address() + from, half / part / (2 * STEP) * (2 * STEP));
    } else {
      region.asSlice(from, 2L * half).fill((byte) 1);
    }
  }

  private int read(long from, int bytes) {
    long first = Memory.inRange(from);
    long second = Memory.inRange(from + half);
    IntVector a = IntVector.zero(INTS);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    for (int i = 0; i < bytes; i = Loops.next(i, 2 * STEP)) {
      a = a.add(IntVector.fromMemorySegment(INTS, ALL, first + i, ORDER));
      b = b.add(IntVector.fromMemorySegment(INTS, ALL, second + i, ORDER));
      c = c.add(IntVector.fromMemorySegment(INTS, ALL, first + i + STEP, ORDER));
      d = d.add(IntVector.fromMemorySegment(INTS, ALL, second + i + STEP, ORDER));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }

  @Override
  public double bytesPerSecond() {
    part = WAKING;
    crew.run();
    part = 1;
    long start = System.nanoTime();
    crew.run();
    return 2.0 * crew.workers() * half / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    crew.close();
    arena.close();
  }
}
