package org.terraformer.app.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

class TextFileTest {
  @TempDir
  private Path folder;

  private final List<String> pieces = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();

  private void read(TextFile file) {
    StringBuilder text = new StringBuilder();
    file.read(new TextFile.Sink() {
      @Override
      public void piece(String piece) {
        pieces.add(piece);
        text.append(piece);
      }

      @Override
      public void endOfText() {
        texts.add(text.toString());
        text.setLength(0);
      }
    }, ProgressListener.NONE);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private Path packed(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }

  @Test
  void aTextIsReadWhetherItIsPackedOrNot() throws IOException {
    read(new TextFile(file("a.txt", "Où est-il ?\n")));
    read(new TextFile(packed("a.txt.gz", "Là.\n")));
    read(new TextFile(file("empty.txt", "")));
    assertThat(texts).containsExactly("Où est-il ?\n", "Là.\n", "");
  }

  @Test
  void eachLineOfJsonIsAText() throws IOException {
    read(new TextFile(packed("a.jsonl.gz", "{\"text\": \"one\\ntwo\"}\n\n{\"text\": \"three\", \"id\": 3}\n")));
    read(new TextFile(file("b.jsonl", "{\"article\": \"four\"}"), "article"));
    assertThat(texts).containsExactly("one\ntwo", "three", "four");
  }

  @Test
  void aLongTextComesInPiecesThatEndWithLines() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < 5_000_000; i++) {
      text.append("line ").append(i).append(i % 7 == 0 ? "\n\n" : "\n");
    }
    read(new TextFile(file("long.txt", text.toString())));
    assertThat(pieces).hasSizeGreaterThan(2);
    assertThat(texts).containsExactly(text.toString());
    for (String piece : pieces.subList(0, pieces.size() - 1)) {
      assertThat(piece).endsWith("\n").doesNotEndWith("\n\n");
    }
  }

  @Test
  void aLongTextWithoutLinesIsPartedTooButNotWithinACharacter() throws IOException {
    String text = "\uD83D\uDE00".repeat(1_500_000);
    read(new TextFile(file("long.txt", text)));
    assertThat(texts).containsExactly(text);
    assertThat(pieces).allMatch(piece -> !Character.isLowSurrogate(piece.charAt(0)));
  }

  @Test
  void whatIsNoTextIsRefusedWithItsPlace() throws IOException {
    Path broken = Files.write(folder.resolve("broken.txt"), new byte[] {65, (byte) 0xFF, 66});
    assertThatThrownBy(() -> read(new TextFile(broken))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The text file %s can't be read: it is not UTF-8.", broken);
    Path lines = file("lines.jsonl", "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n");
    assertThatThrownBy(() -> read(new TextFile(lines))).isInstanceOf(InvalidInputException.class)
        .hasMessage("Line 2 of %s has no text in a field text.", lines);
    Path json = file("json.jsonl", "nothing");
    assertThatThrownBy(() -> read(new TextFile(json))).isInstanceOf(InvalidInputException.class)
        .hasMessage("Line 1 of %s is not a JSON object.", json);
    assertThatThrownBy(() -> read(new TextFile(folder.resolve("no.txt")))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("There is no text file");
  }
}
