package org.terraformer.app.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.format.HeldFile;
import org.terraformer.app.text.TokenizerFiles;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;
import org.terraformer.ports.text.Tokenizer;

class TokenCacheTest {
  @TempDir
  private Path folder;

  private final AtomicInteger encoded = new AtomicInteger();

  /** Bytes, with a count of what was encoded. */
  private final TokenizerFiles bytes = new TokenizerFiles(new Tokenizer() {
    private final Tokenizer inner = Tokenizers.bytes().tokenizer();

    @Override
    public int vocabularySize() {
      return inner.vocabularySize();
    }

    @Override
    public int[] encode(String text) {
      encoded.incrementAndGet();
      return inner.encode(text);
    }

    @Override
    public String decode(int[] ids) {
      return inner.decode(ids);
    }

    @Override
    public OptionalInt endId() {
      return OptionalInt.empty();
    }
  }, List.of());

  private CachedTokens tokens(OptionalInt separator, Path... files) {
    return new TokenCache(folder.resolve("cache")).tokens(
        Stream.of(files).map(TextFile::new).toList(), bytes, separator, Arena.ofAuto(), ProgressListener.NONE);
  }

  private static int[] all(CachedTokens tokens) {
    int[] ids = new int[(int) tokens.length()];
    tokens.copy(0, ids, 0, ids.length);
    return ids;
  }

  @Test
  void theTokensAreThoseOfAllTextsWithASeparatorAfterEach() throws IOException {
    Path first = Files.writeString(folder.resolve("first.txt"), "ab");
    Path second = Files.writeString(folder.resolve("second.jsonl"), "{\"text\": \"c\"}\n{\"text\": \"é\"}\n");
    CachedTokens tokens = tokens(OptionalInt.of(0), first, second);
    assertThat(all(tokens)).containsExactly('a', 'b', 0, 'c', 0, 0xC3, 0xA9, 0);
    assertThat(tokens.textBytes()).isEqualTo(5);
    int[] middle = new int[4];
    tokens.copy(2, middle, 1, 3);
    assertThat(middle).containsExactly(0, 0, 'c', 0);
  }

  @Test
  void tokensAreMadeOnceAndAgainWhereTheTextIsAnother() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "abc");
    tokens(OptionalInt.empty(), text);
    tokens(OptionalInt.empty(), text);
    assertThat(encoded).hasValue(1);
    Files.writeString(text, "abd");
    assertThat(all(tokens(OptionalInt.empty(), text))).containsExactly('a', 'b', 'd');
    tokens(OptionalInt.of(7), text);
    assertThat(encoded).hasValue(3);
  }

  @Test
  void aCacheMayBeLargerThanABufferOfJavaCanBe() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "abc");
    tokens(OptionalInt.empty(), text);
    long count = (1L << 29) + 7;
    try (Stream<Path> files = Files.list(folder.resolve("cache"));
        RandomAccessFile file = new RandomAccessFile(files.findFirst().orElseThrow().toFile(), "rw")) {
      file.setLength(32 + 4 * count);
      file.seek(8);
      file.writeLong(Long.reverseBytes(count));
    }
    CachedTokens tokens = tokens(OptionalInt.empty(), text);
    assertThat(encoded).hasValue(1);
    assertThat(tokens.length()).isEqualTo(count);
    assertThat(tokens.textBytes()).isEqualTo(3);
    int[] first = new int[3];
    tokens.copy(0, first, 0, 3);
    assertThat(first).containsExactly('a', 'b', 'c');
  }

  @Test
  void whatAnotherTrainingWritesIsLeftAndWhatOneHasLeftBehindIsDeleted() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "abc");
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Path left = Files.writeString(cache.resolve(".held-left"), "half");
    HeldFile.write(cache.resolve("other.tokens"), channel -> {
      channel.write(ByteBuffer.allocate(1));
      tokens(OptionalInt.empty(), text);
      assertThat(left).doesNotExist();
    });
    assertThat(cache.resolve("other.tokens")).hasSize(1);
    assertThat(encoded).hasValue(1);
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void tokensForOneUseAreTheSameAsFarAsTheyAreWanted() throws IOException {
    Path file = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"ab\"}\n{\"text\": \"cd\"}\n{\"text\": 3}\n");
    try (TemporaryTokens some = temporary(file, 5)) {
      assertThat(all(some.tokens())).containsExactly('a', 'b', 9, 'c', 'd');
      assertThat(some.tokens().textBytes()).isEqualTo(4);
    }
    try (TemporaryTokens some = temporary(file, 4)) {
      assertThat(all(some.tokens())).containsExactly('a', 'b', 9, 'c');
      assertThat(some.tokens().textBytes()).isEqualTo(3);
    }
    assertThatThrownBy(() -> temporary(file, Long.MAX_VALUE)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Line 3 of ");
  }

  private TemporaryTokens temporary(Path file, long most) {
    return TemporaryTokens.of(new TextFile(file), bytes.tokenizer(), OptionalInt.of(9), most, ProgressListener.NONE);
  }

  @Test
  void textsAreThereOneByOne() throws IOException {
    Path file = Files.writeString(folder.resolve("pairs.jsonl"), """
        {"text": "ab"}
        {"text": ""}
        {"text": "cde"}
        """);
    TokenCache cache = new TokenCache(folder.resolve("cache"));
    for (int i = 0; i < 2; i++) {
      List<TokenSequence> texts = cache.texts(List.of(new TextFile(file)), bytes, Arena.ofAuto(), ProgressListener.NONE);
      assertThat(texts).extracting(TokenSequence::length).containsExactly(2L, 0L, 3L);
      int[] last = new int[3];
      texts.getLast().copy(0, last, 0, 3);
      assertThat(last).containsExactly('c', 'd', 'e');
    }
    assertThat(encoded).hasValue(2);
    assertThat(all(tokens(OptionalInt.empty(), file))).containsExactly('a', 'b', 'c', 'd', 'e');
  }

  @Test
  void aCacheThatIsNotWholeIsMadeAgain() throws IOException {
    Path text = Files.writeString(folder.resolve("text.txt"), "abc");
    tokens(OptionalInt.empty(), text);
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      Path file = files.findFirst().orElseThrow();
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    }
    assertThat(all(tokens(OptionalInt.empty(), text))).containsExactly('a', 'b', 'c');
    assertThat(encoded).hasValue(2);
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      assertThat(files).hasSize(1);
    }
  }
}
