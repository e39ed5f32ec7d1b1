package org.terraformer.app.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.Tokenizer;

/**
 * Texts as token ids in a file: 32 bytes with a mark, the number of ids and the bytes of text, then ids of 32 bits, little endian. Where texts
 * are wanted one by one, the number of its ids stands before each.
 */
final class TokenFile {
  private static final long MARK = 0x3130_4E4B_5452_5254L;
  private static final int HEADER = 32;
  private static final int TEXT_BYTES = 16;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TokenFile() {}

  /**
   * What stands between texts, and how many of them.
   *
   * @param separator behind each text
   * @param counted whether the number of its ids stands before each text
   * @param most ids that are kept; what is behind them is not read
   */
  record Layout(OptionalInt separator, boolean counted, long most) {
    /** All ids of all texts. */
    Layout(OptionalInt separator, boolean counted) {
      this(separator, counted, Long.MAX_VALUE);
    }
  }

  static boolean isWhole(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < HEADER) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(header);
      return header.getLong(0) == MARK && header.getLong(Long.BYTES) * Integer.BYTES == channel.size() - HEADER;
    }
  }

  static CachedTokens map(FileChannel channel, Arena arena) throws IOException {
    MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    return new CachedTokens(all.asSlice(HEADER), all.get(LONG, TEXT_BYTES));
  }

  /** Writes to a channel whose file is empty. */
  static void write(FileChannel channel, List<TextFile> sources, Tokenizer tokenizer, Layout layout, ProgressListener progress)
      throws IOException {
    channel.position(HEADER);
    Output output = new Output(Channels.newOutputStream(channel), tokenizer, layout);
    for (TextFile source : sources) {
      String task = "making tokens of " + source.file().getFileName();
      source.read(output, (reading, done, total) -> progress.progressed(task, done, total));
    }
    ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MARK).putLong(output.ids).putLong(output.textBytes).rewind();
    channel.write(header, 0);
  }

  private static final class Output implements TextFile.Sink {
    private final OutputStream out;
    private final Tokenizer tokenizer;
    private final Layout layout;
    private final List<int[]> waiting = new ArrayList<>();
    private long ids;
    private long textBytes;

    private Output(OutputStream out, Tokenizer tokenizer, Layout layout) {
      this.out = out;
      this.tokenizer = tokenizer;
      this.layout = layout;
    }

    @Override
    public boolean wantsMore() {
      return ids < layout.most;
    }

    @Override
    public void piece(String text) {
      int[] all = tokenizer.encode(text);
      int count = (int) Math.min(all.length, layout.most - ids);
      int[] some = Arrays.copyOf(all, count);
      textBytes += (count == all.length ? text : tokenizer.decode(some)).getBytes(StandardCharsets.UTF_8).length;
      if (layout.counted) {
        waiting.add(some);
      } else {
        write(some);
      }
    }

    @Override
    public void endOfText() {
      if (layout.counted) {
        write(waiting.stream().mapToInt(some -> some.length).sum());
        waiting.forEach(this::write);
        waiting.clear();
      }
      if (wantsMore()) {
        layout.separator.ifPresent(this::write);
      }
    }

    private void write(int... some) {
      ByteBuffer bytes = ByteBuffer.allocate(some.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asIntBuffer().put(some);
      try {
        out.write(bytes.array());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      ids += some.length;
    }
  }
}
