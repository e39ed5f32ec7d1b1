package org.terraformer.ports.kernel;

/** Measures how fast a backend can read the memory in which weights lie, by a plain streaming read: the limit of unbatched decoding. */
public interface BandwidthProbe extends AutoCloseable {

  /** Reads once through a region much larger than the caches; bytes per second. */
  double bytesPerSecond();

  @Override
  void close();
}
