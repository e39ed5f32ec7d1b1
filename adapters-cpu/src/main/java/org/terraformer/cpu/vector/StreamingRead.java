package org.terraformer.cpu.vector;

import static org.terraformer.cpu.vector.Memory.ALL;
import static org.terraformer.cpu.vector.Memory.ORDER;
import static org.terraformer.cpu.vector.Species.INTS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;
import org.terraformer.cpu.run.HugePages;
import org.terraformer.cpu.run.ThreadCrew;
import org.terraformer.ports.kernel.BandwidthProbe;

/**
 * Reads a region of memory as fast as plain reading can: each worker its own contiguous part, which it touched first, in huge pages, by
 * vectors of at most 256 bits with nothing to do for each but one instruction. Wider vectors, 4 KiB pages, several streams side by side
 * and software prefetch were all slower or no faster, and so was the same loop in C.
 */
public final class StreamingRead implements BandwidthProbe {
  private static final long BYTES = 1L << 30;
  private static final VectorSpecies<Integer> SPECIES = INTS.vectorBitSize() > 256 ? IntVector.SPECIES_256 : INTS;

  private final Arena arena = Arena.ofShared();
  private final ThreadCrew crew;
  private final MemorySegment region;
  private final long share;
  private final int[] results;
  private boolean touched;

  public StreamingRead(int threads) {
    this.region = HugePages.allocate(BYTES, 64, arena);
    this.share = BYTES / threads / 512 * 512;
    this.results = new int[threads * 64];
    this.crew = new ThreadCrew(threads, this::work);
    crew.run();
    touched = true;
  }

  private void work(int worker) {
    if (touched) {
      results[worker * 64] = read(region.address() + worker * share);
    } else {
      region.asSlice(worker * share, share).fill((byte) 1);
    }
  }

  private int read(long from) {
    IntVector a = IntVector.zero(SPECIES);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    int step = SPECIES.vectorByteSize();
    for (long at = from; at < from + share; at += 4L * step) {
      a = a.add(vector(at));
      b = b.add(vector(at + step));
      c = c.add(vector(at + 2L * step));
      d = d.add(vector(at + 3L * step));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }

  private static IntVector vector(long address) {
    return IntVector.fromMemorySegment(SPECIES, ALL, address, ORDER);
  }

  @Override
  public double bytesPerSecond() {
    long start = System.nanoTime();
    crew.run();
    return crew.workers() * share / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    crew.close();
    arena.close();
  }
}
