package org.terraformer.cpu.scalar;

import org.terraformer.ports.kernel.BandwidthProbe;

/** A loop over an array of doubles, which is what the reference backend reads. */
final class ScalarRead implements BandwidthProbe {
  private final long[] memory = new long[1 << 25];
  private long sum;

  @Override
  public double bytesPerSecond() {
    long start = System.nanoTime();
    long all = 0;
    for (long value : memory) {
      all ^= value;
    }
    sum += all;
    return 8.0 * memory.length / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    if (sum != 0) {
      throw new IllegalStateException("zeros were read as " + sum);
    }
  }
}
