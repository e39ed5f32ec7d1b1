package org.terraformer.app.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.terraformer.ports.progress.ProgressListener;

/** Opens text files in UTF-8, plain or packed by gzip, whatever they are named. */
final class PackedReader {
  private static final int BUFFER = 1 << 16;
  private static final int GZIP_MAGIC = 0x1F8B;

  private PackedReader() {}

  /**
   * @param progress hears of the bytes of the file that were read
   * @throws IOException also later, at bytes that are not UTF-8
   */
  static BufferedReader open(Path file, ProgressListener progress) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return new BufferedReader(new InputStreamReader(unpacked(new CountedInput(in, Files.size(file), progress)),
          StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)), BUFFER);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static InputStream unpacked(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(2);
    int magic = buffered.read() << 8 | buffered.read();
    buffered.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(buffered, BUFFER) : buffered;
  }

  private static final class CountedInput extends FilterInputStream {
    private final long total;
    private final ProgressListener progress;
    private long done;

    private CountedInput(InputStream in, long total, ProgressListener progress) {
      super(in);
      this.total = total;
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      done += Math.max(0, count);
      progress.progressed("reading text", done, total);
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
