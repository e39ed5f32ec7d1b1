package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

class BytePairTrainingTest {
  private static final String TEXT =
      "the cat sat on the mat, and the cat's hat sat on the rat. That's that: 1842, 1843!\n\nThe end.\n".repeat(4);

  @TempDir
  private Path folder;

  @Property(tries = 200)
  void mergesAreThoseOfCountingAllPairsAnewEachTime(
      @ForAll @Size(min = 1, max = 12) List<@StringLength(min = 1, max = 9) @CharRange(from = 'a', to = 'c') String> words,
      @ForAll @Size(min = 12, max = 12) List<@IntRange(min = 1, max = 5) Integer> counts) {
    Map<String, long[]> wordCounts = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      wordCounts.computeIfAbsent(words.get(i), word -> new long[1])[0] += counts.get(i);
    }
    assertThat(BytePairMerges.learn(wordCounts, 20, ProgressListener.NONE)).isEqualTo(naive(wordCounts, 20));
  }

  private static List<BytePairMerges.Merge> naive(Map<String, long[]> wordCounts, int most) {
    Map<List<Integer>, Long> words = new HashMap<>();
    wordCounts.forEach((word, count) -> {
      List<Integer> symbols = new ArrayList<>();
      for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
        symbols.add(value & 0xFF);
      }
      words.put(symbols, count[0]);
    });
    List<BytePairMerges.Merge> merges = new ArrayList<>();
    Map<List<Integer>, Long> current = words;
    while (merges.size() < most) {
      Map<Long, Long> pairs = new TreeMap<>();
      current.forEach((symbols, count) -> {
        for (int i = 1; i < symbols.size(); i++) {
          pairs.merge((long) symbols.get(i - 1) << 32 | symbols.get(i), count, Long::sum);
        }
      });
      long best = -1;
      for (Map.Entry<Long, Long> pair : pairs.entrySet()) {
        best = best < 0 || pair.getValue() > pairs.get(best) ? pair.getKey() : best;
      }
      if (best < 0 || pairs.get(best) < 2) {
        break;
      }
      BytePairMerges.Merge merge = new BytePairMerges.Merge((int) (best >>> 32), (int) best);
      Map<List<Integer>, Long> next = new HashMap<>();
      int symbol = 256 + merges.size();
      current.forEach((symbols, count) -> next.merge(merged(symbols, merge, symbol), count, Long::sum));
      merges.add(merge);
      current = next;
    }
    return merges;
  }

  private static List<Integer> merged(List<Integer> symbols, BytePairMerges.Merge merge, int symbol) {
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < symbols.size(); i++) {
      if (i + 1 < symbols.size() && symbols.get(i) == merge.left() && symbols.get(i + 1) == merge.right()) {
        result.add(symbol);
        i++;
      } else {
        result.add(symbols.get(i));
      }
    }
    return result;
  }

  private Path trained(String name, int size) {
    BytePairTraining training = new BytePairTraining();
    training.add(TEXT);
    Path file = folder.resolve(name);
    training.write(file, size, ProgressListener.NONE);
    return file;
  }

  @Test
  void theLibraryReadsWhatIsWrittenAndGivesTheTextBack() {
    try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.read(trained("tokenizer.json", 280))) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(280);
      assertThat(tokenizer.endId()).hasValue(0);
      for (String text : List.of(TEXT, "Völlig Neues \uD83D\uDE00\t\u0000\n", "  the  cat ", "'s 'S they'll")) {
        int[] ids = tokenizer.encode(text);
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
        assertThat(ids).doesNotContain(0);
      }
      assertThat(tokenizer.encode("the the the")).hasSizeLessThan(7);
    }
  }

  @Test
  void wordsArePartedAsTheLibraryPartsThem() {
    WordCounts counts = new WordCounts();
    counts.add("He'll say: \u00c9t\u00e9  1842\u00a0!\n\n ok");
    assertThat(counts.counts().keySet()).containsExactlyInAnyOrder(
        "He", "'ll", " say", ":", " \u00c9t\u00e9", " ", " 1842", "\u00a0", "!", "\n\n", " ok");
  }

  @Test
  void theSameTextGivesTheSameFile() {
    assertThat(trained("once.json", 280)).hasSameBinaryContentAs(trained("again.json", 280));
  }

  @Test
  void aTextWithFewPairsGivesASmallerVocabulary() {
    BytePairTraining training = new BytePairTraining();
    training.add("ab ab cd");
    assertThat(training.write(folder.resolve("small.json"), 1000, ProgressListener.NONE)).isEqualTo(258);
    assertThat(Files.exists(folder.resolve("small.json"))).isTrue();
  }

  @Test
  void aVocabularyWithoutRoomForTheBytesIsRefused() {
    assertThatThrownBy(() -> trained("no.json", 256)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The vocabulary size is 256 but must be from 257 to 1000000.");
  }
}
