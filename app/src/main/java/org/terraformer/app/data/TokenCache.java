package org.terraformer.app.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.terraformer.app.data.TokenFile.Layout;
import org.terraformer.app.format.HeldFile;
import org.terraformer.app.format.Reason;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;

/**
 * Texts as token ids, made once. The file of a cache is named after what it was made of, the tokenizer and the contents of the
 * sources, so that it is never out of date, and it is moved into place when it is whole. Several trainings may share the folder.
 */
public final class TokenCache {
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

  private CachedTokens tokens(List<TextFile> sources, TokenizerFiles tokenizer, Layout layout, Arena arena,
      ProgressListener progress) {
    try {
      Path file = folder.resolve(key(sources, tokenizer, layout) + ".tokens");
      HeldFile.deleteAbandoned(folder);
      if (!TokenFile.isWhole(file)) {
        Files.createDirectories(folder);
        HeldFile.write(file, channel -> TokenFile.write(channel, sources, tokenizer.tokenizer(), layout, progress));
      }
      try (FileChannel channel = FileChannel.open(file)) {
        return TokenFile.map(channel, arena);
      }
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
    MessageDigest digest = FileDigest.sha256();
    digest.update("%s %s %d\n".formatted(tokenizer.fingerprint(), key(layout), sources.size()).getBytes(StandardCharsets.UTF_8));
    for (TextFile source : sources) {
      if (!Files.isRegularFile(source.file())) {
        throw InvalidInputException.of("There is no text file %s.", source.file());
      }
      digest.update("%s %s %d\n".formatted(source.file().getFileName(), source.field(), Files.size(source.file()))
          .getBytes(StandardCharsets.UTF_8));
      FileDigest.update(digest, source.file());
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private static String key(Layout layout) {
    return layout.counted() ? "counted" : layout.separator().toString();
  }
}
