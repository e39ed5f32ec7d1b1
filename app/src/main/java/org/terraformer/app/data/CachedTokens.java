package org.terraformer.app.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.terraformer.ports.text.TokenSequence;

/**
 * Token ids in a mapped file.
 *
 * @param ids 32-bit, little endian
 * @param textBytes of the text in UTF-8 that they stand for
 */
public record CachedTokens(MemorySegment ids, long textBytes) implements TokenSequence {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public long length() {
    return ids.byteSize() / Integer.BYTES;
  }

  @Override
  public void copy(long from, int[] destination, int at, int count) {
    MemorySegment.copy(ids, INT, from * Integer.BYTES, destination, at, count);
  }
}
