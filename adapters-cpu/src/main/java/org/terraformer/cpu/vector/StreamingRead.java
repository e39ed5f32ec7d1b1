package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.INTS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import org.terraformer.cpu.run.ThreadCrew;
import org.terraformer.ports.kernel.BandwidthProbe;

/** Reads a region of memory, each worker its own contiguous part, with nothing to do per vector but one instruction. */
public final class StreamingRead implements BandwidthProbe {
  private static final long BYTES = 1L << 30;

  private final Arena arena = Arena.ofShared();
  private final ThreadCrew crew;
  private final long address;
  private final int[] results;

  public StreamingRead(int threads) {
    MemorySegment region = arena.allocate(BYTES, 64);
    region.fill((byte) 1);
    this.address = region.address();
    this.results = new int[threads * 64];
    this.crew = new ThreadCrew(threads, this::read);
  }

  private void read(int worker) {
    long share = BYTES / crew.workers() / 512 * 512;
    long from = address + worker * share;
    IntVector a = IntVector.zero(INTS);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    int step = INTS.vectorByteSize();
    for (long at = from; at < from + share; at += 4L * step) {
      a = a.add(IntVector.fromMemorySegment(INTS, ALL, at, ORDER));
      b = b.add(IntVector.fromMemorySegment(INTS, ALL, at + step, ORDER));
      c = c.add(IntVector.fromMemorySegment(INTS, ALL, at + 2L * step, ORDER));
      d = d.add(IntVector.fromMemorySegment(INTS, ALL, at + 3L * step, ORDER));
    }
    results[worker * 64] = a.add(b).add(c.add(d)).lane(0);
  }

  @Override
  public double bytesPerSecond() {
    long start = System.nanoTime();
    crew.run();
    return BYTES / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    crew.close();
    arena.close();
  }
}
