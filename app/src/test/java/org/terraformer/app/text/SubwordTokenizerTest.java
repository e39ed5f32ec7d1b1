package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class SubwordTokenizerTest {
  private static final String VOCABULARY = "'<pad>_'\n'<EOS>_'\n'the_'\n'th'\n't'\n'h'\n'e'\n', _'\n','\n' '\n'_'\n'\\'\n';'\n'u'\n"
      + "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  private final SubwordTokenizer tokenizer = SubwordTokenizer.parse("vocabulary", VOCABULARY.getBytes(StandardCharsets.UTF_8));

  @Test
  void theLongestEntryIsTaken() {
    assertThat(tokenizer.encode("the")).containsExactly(2);
    assertThat(tokenizer.encode("th")).containsExactly(3, 10);
  }

  @Test
  void aSpaceBetweenWordsIsImplied() {
    assertThat(tokenizer.encode("the the")).containsExactly(2, 2);
    assertThat(tokenizer.decode(new int[] {2, 2})).isEqualTo("the the");
    assertThat(tokenizer.encode("the, the")).containsExactly(2, 7, 2);
  }

  @Test
  void aCharacterThatTheVocabularyLacksIsWrittenAsItsNumber() {
    assertThat(tokenizer.encode("x")).containsExactly(11, 15, 16, 14, 12, 10);
    assertThat(tokenizer.decode(tokenizer.encode("x"))).isEqualTo("x");
  }

  @Test
  void paddingAndEndGiveNoText() {
    assertThat(tokenizer.decode(new int[] {2, 1, 0})).isEqualTo("the");
    assertThat(tokenizer.endId()).hasValue(1);
  }

  @Test
  void aVocabularyThatCannotEncodeEverythingIsRefused() {
    assertThatThrownBy(() -> SubwordTokenizer.parse("words", "'a_'\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("The vocabulary words has no entry for the character _");
  }

  @Property
  void everyTextComesBack(@ForAll String text) {
    String valid = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(tokenizer.decode(tokenizer.encode(valid))).isEqualTo(valid);
  }

  @Test
  @Tag("shared")
  void realTextComesBackThroughThePublishedVocabulary() throws IOException {
    String shared = System.getProperty("shared.dir", "");
    assumeThat(shared).as("-Dshared.dir").isNotBlank();
    SubwordTokenizer published = SubwordTokenizer.read(Path.of(shared, "data/vocab/en_8k.subword"));
    for (String name : List.of("wikitext2/wiki.valid.raw.gz", "shakespeare/input.txt.gz", "novels/valid.txt.gz", "lambada/lambada_test.jsonl.gz")) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(Path.of(shared, "data", name)))) {
        String text = new String(in.readNBytes(300_000), StandardCharsets.UTF_8).replace("\uFFFD", "");
        assertThat(published.decode(published.encode(text))).as(name).isEqualTo(text);
      }
    }
  }
}
