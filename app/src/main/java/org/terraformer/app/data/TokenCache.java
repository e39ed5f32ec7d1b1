package org.terraformer.app.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;
import org.terraformer.ports.text.Tokenizer;

/**
 * Texts as token ids, made once. The file of a cache is named after what it was made of, the tokenizer and the contents of the
 * sources, so that it is never out of date, and it is moved into place when it is whole: 32 bytes with a mark, the number of ids
 * and the bytes of text, then ids of 32 bits. Where texts are wanted one by one, the number of its ids stands before each.
 */
public final class TokenCache {
  private static final long MARK = 0x3130_4E4B_5452_5254L;
  private static final int HEADER = 32;

  private final Path folder;

  public TokenCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The ids of all texts of the files, each text followed by the separator if there is one.
   *
   * @param arena how long the ids are needed
   * @throws InvalidInputException if a file can't be read, or the cache not be written
   */
  public CachedTokens tokens(List<TextFile> sources, TokenizerFiles tokenizer, OptionalInt separator, Arena arena,
      ProgressListener progress) {
    return tokens(sources, tokenizer, new Layout(separator, false), arena, progress);
  }

  /**
   * The ids of each text of the files.
   *
   * @param arena how long the ids are needed
   * @throws InvalidInputException if a file can't be read, or the cache not be written
   */
  public List<TokenSequence> texts(List<TextFile> sources, TokenizerFiles tokenizer, Arena arena, ProgressListener progress) {
    CachedTokens all = tokens(sources, tokenizer, new Layout(OptionalInt.empty(), true), arena, progress);
    List<TokenSequence> texts = new ArrayList<>();
    int[] count = new int[1];
    for (long at = 0; at < all.length(); at += 1 + count[0]) {
      all.copy(at, count, 0, 1);
      texts.add(all.part(at + 1, at + 1 + count[0]));
    }
    return texts;
  }

  /**
   * What stands between texts.
   *
   * @param separator behind each text
   * @param counted whether the number of its ids stands before each text
   */
  private record Layout(OptionalInt separator, boolean counted) {
    private String key() {
      return counted ? "counted" : separator.toString();
    }
  }

  private CachedTokens tokens(List<TextFile> sources, TokenizerFiles tokenizer, Layout layout, Arena arena,
      ProgressListener progress) {
    try {
      Path file = folder.resolve(key(sources, tokenizer, layout) + ".tokens");
      if (!isWhole(file)) {
        Files.createDirectories(folder);
        ReplacedFile.write(file, partial -> write(partial, sources, tokenizer.tokenizer(), layout, progress));
      }
      return map(file, arena);
    } catch (IOException e) {
      throw failed(e);
    } catch (UncheckedIOException e) {
      throw failed(e.getCause());
    }
  }

  private InvalidInputException failed(IOException e) {
    return new InvalidInputException("The token cache %s can't be used: %s.".formatted(folder, Reason.of(e)), e);
  }

  private static String key(List<TextFile> sources, TokenizerFiles tokenizer, Layout layout) throws IOException {
    MessageDigest digest = sha256();
    digest.update("%s %s %d\n".formatted(tokenizer.fingerprint(), layout.key(), sources.size()).getBytes(StandardCharsets.UTF_8));
    for (TextFile source : sources) {
      if (!Files.isRegularFile(source.file())) {
        throw InvalidInputException.of("There is no text file %s.", source.file());
      }
      digest.update("%s %s %d\n".formatted(source.file().getFileName(), source.field(), Files.size(source.file()))
          .getBytes(StandardCharsets.UTF_8));
      try (InputStream in = Files.newInputStream(source.file())) {
        byte[] buffer = new byte[1 << 16];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          digest.update(buffer, 0, count);
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isWhole(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < HEADER) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(header);
      return header.getLong(0) == MARK && header.getLong(8) * Integer.BYTES == channel.size() - HEADER;
    }
  }

  private static CachedTokens map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      long bytes = all.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getLong(16);
      return new CachedTokens(all.asSlice(HEADER), bytes);
    }
  }

  private static void write(Path file, List<TextFile> sources, Tokenizer tokenizer, Layout layout,
      ProgressListener progress) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.position(HEADER);
      Output output = new Output(Channels.newOutputStream(channel), tokenizer, layout);
      for (TextFile source : sources) {
        String task = "making tokens of " + source.file().getFileName();
        source.read(output, (reading, done, total) -> progress.progressed(task, done, total));
      }
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      header.putLong(MARK).putLong(output.ids).putLong(output.textBytes).rewind();
      channel.write(header, 0);
      channel.force(true);
    }
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
    public void piece(String text) {
      textBytes += text.getBytes(StandardCharsets.UTF_8).length;
      int[] some = tokenizer.encode(text);
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
      layout.separator.ifPresent(this::write);
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
