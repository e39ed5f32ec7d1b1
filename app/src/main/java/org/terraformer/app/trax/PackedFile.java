package org.terraformer.app.trax;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A file that is packed with gzip or not, as its first bytes say. Knows how far it has been read. */
final class PackedFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int[] GZIP = {0x1f, 0x8b};

  private final long size;
  private final Counter counter;
  private final InputStream content;

  private PackedFile(long size, Counter counter, InputStream content) {
    this.size = size;
    this.counter = counter;
    this.content = content;
  }

  static PackedFile open(Path file) throws IOException {
    Counter counter = new Counter(Files.newInputStream(file));
    try {
      InputStream bytes = new BufferedInputStream(counter, BUFFER);
      bytes.mark(GZIP.length);
      boolean packed = bytes.read() == GZIP[0] && bytes.read() == GZIP[1];
      bytes.reset();
      return new PackedFile(Files.size(file), counter, packed ? new GZIPInputStream(bytes, BUFFER) : bytes);
    } catch (IOException e) {
      counter.close();
      throw e;
    }
  }

  /** What is in the file, unpacked. */
  InputStream content() {
    return content;
  }

  /** The bytes of the file that have been read. */
  long read() {
    return counter.count;
  }

  long size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }

  private static final class Counter extends FilterInputStream {
    private long count;

    private Counter(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
