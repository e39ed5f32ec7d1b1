package org.terraformer.app.format;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.terraformer.ports.progress.ProgressListener;

/** A file that is packed with gzip or not, as its first bytes say. */
public final class PackedFile implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int[] GZIP = {0x1f, 0x8b};

  private final long size;
  private final InputStream content;

  private PackedFile(long size, InputStream content) {
    this.size = size;
    this.content = content;
  }

  public static PackedFile open(Path file) throws IOException {
    return open(file, "", ProgressListener.NONE);
  }

  /**
   * @param progress hears, under the name of the task, how much of the file has been read
   */
  public static PackedFile open(Path file, String task, ProgressListener progress) throws IOException {
    long size = Files.size(file);
    InputStream counter = new Counter(Files.newInputStream(file), read -> progress.progressed(task, read, size));
    try {
      InputStream bytes = new BufferedInputStream(counter, BUFFER);
      bytes.mark(GZIP.length);
      boolean packed = bytes.read() == GZIP[0] && bytes.read() == GZIP[1];
      bytes.reset();
      return new PackedFile(size, packed ? new GZIPInputStream(bytes, BUFFER) : bytes);
    } catch (IOException | RuntimeException e) {
      counter.close();
      throw e;
    }
  }

  /** What is in the file, unpacked. */
  public InputStream content() {
    return content;
  }

  /** The bytes of the file, packed as it is. */
  public long size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }

  private static final class Counter extends FilterInputStream {
    private final LongConsumer listener;
    private long count;

    private Counter(InputStream in, LongConsumer listener) {
      super(in);
      this.listener = listener;
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
      listener.accept(count);
      return read;
    }
  }
}
