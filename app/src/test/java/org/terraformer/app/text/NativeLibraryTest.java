package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class NativeLibraryTest {
  private static final FileTime BEFORE = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));

  @TempDir
  private Path folder;

  private boolean load(Path kept) {
    return NativeLibrary.TOKENIZERS.loadKept(kept, System.mapLibraryName("tokenizers"));
  }

  private static Path onlyFile(Path kept) throws IOException {
    try (Stream<Path> files = Files.list(kept)) {
      assertThat(files.count()).isOne();
    }
    try (Stream<Path> files = Files.list(kept)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void whatIsUnpackedIsLeftForTheNextStart() throws IOException {
    Path kept = folder.resolve("new");
    assertThat(load(kept)).isTrue();
    Files.setLastModifiedTime(onlyFile(kept), BEFORE);
    assertThat(load(kept)).isTrue();
    assertThat(Files.getLastModifiedTime(onlyFile(kept))).isEqualTo(BEFORE);
  }

  @Test
  void aFileThatIsCutShortIsUnpackedAgain() throws IOException {
    assertThat(load(folder)).isTrue();
    Path file = onlyFile(folder);
    byte[] whole = Files.readAllBytes(file);
    // The first one stays mapped: another takes its place.
    Files.delete(file);
    Files.write(file, new byte[] {1, 2, 3});
    assertThat(load(folder)).isTrue();
    assertThat(onlyFile(folder)).hasBinaryContent(whole);
  }

  @Test
  void aFolderThatCannotBeMadeIsGoneWithout() throws IOException {
    assertThat(load(Files.createFile(folder.resolve("file")).resolve("below"))).isFalse();
  }
}
