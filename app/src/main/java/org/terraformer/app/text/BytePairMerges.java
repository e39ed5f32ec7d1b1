package org.terraformer.app.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Learns byte-pair encoding (Sennrich et al., 2016): again and again the pair of neighbouring symbols that is most frequent
 * within words becomes a symbol of its own. Symbols 0 to 255 are the bytes. Only the counts of pairs that a merge touches are
 * changed. Of equally frequent pairs the one with the smaller symbols is merged, so that the same words give the same merges.
 */
final class BytePairMerges {
  private static final int BYTES = 256;
  private static final long FEWEST = 2;

  /** Two symbols that become symbol number {@code 256 + i}, i their place in the list. */
  record Merge(int left, int right) {}

  private static final class Pair {
    private long count;
    private int[] words = new int[2];
    private int size;

    private void foundIn(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }
  }

  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return count != other.count ? Long.compare(other.count, count) : Long.compare(pair, other.pair);
    }
  }

  private final int[][] words;
  private final long[] counts;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();
  private long current = -1;

  private BytePairMerges(Map<String, long[]> wordCounts) {
    Map<String, long[]> sorted = new TreeMap<>(wordCounts);
    this.words = new int[sorted.size()][];
    this.counts = new long[words.length];
    int next = 0;
    for (Map.Entry<String, long[]> entry : sorted.entrySet()) {
      byte[] bytes = entry.getKey().getBytes(StandardCharsets.UTF_8);
      int[] symbols = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        symbols[i] = bytes[i] & 0xFF;
      }
      words[next] = symbols;
      counts[next++] = entry.getValue()[0];
    }
  }

  /**
   * @param wordCounts each word with an array of one count
   * @param most merges; fewer if no pair occurs twice
   */
  static List<Merge> learn(Map<String, long[]> wordCounts, int most, ProgressListener progress) {
    return new BytePairMerges(wordCounts).learn(most, progress);
  }

  private List<Merge> learn(int most, ProgressListener progress) {
    for (int word = 0; word < words.length; word++) {
      for (int i = 1; i < words[word].length; i++) {
        change(words[word][i - 1], words[word][i], word, counts[word]);
      }
    }
    pairs.forEach((pair, found) -> queue.add(new Candidate(found.count, pair)));
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < most) {
      Candidate best = queue.poll();
      if (best == null || best.count < FEWEST) {
        break;
      }
      Pair pair = pairs.get(best.pair);
      if (pair == null || pair.count != best.count) {
        continue; // its count has changed since, and it is in the queue again with the new one
      }
      merge(best.pair, pair, BYTES + merges.size());
      merges.add(new Merge(left(best.pair), right(best.pair)));
      progress.progressed("learning tokens", merges.size(), most);
    }
    progress.progressed("learning tokens", most, most);
    return merges;
  }

  private void merge(long merged, Pair pair, int symbol) {
    current = merged;
    pairs.remove(merged);
    Set<Long> changes = new HashSet<>();
    for (int i = 0; i < pair.size; i++) {
      merge(pair.words[i], left(merged), right(merged), symbol, changes);
    }
    for (long changed : changes) {
      if (pairs.containsKey(changed)) {
        queue.add(new Candidate(pairs.get(changed).count, changed));
      }
    }
  }

  private void merge(int word, int left, int right, int symbol, Set<Long> changes) {
    int[] symbols = words[word];
    int kept = 0;
    for (int i = 0; i < symbols.length; i++) {
      if (i + 1 < symbols.length && symbols[i] == left && symbols[i + 1] == right) {
        if (kept > 0) {
          change(symbols[kept - 1], left, word, -counts[word], changes);
          change(symbols[kept - 1], symbol, word, counts[word], changes);
        }
        if (i + 2 < symbols.length) {
          change(right, symbols[i + 2], word, -counts[word], changes);
          change(symbol, symbols[i + 2], word, counts[word], changes);
        }
        symbols[kept++] = symbol;
        i++;
      } else {
        symbols[kept++] = symbols[i];
      }
    }
    words[word] = kept == symbols.length ? symbols : Arrays.copyOf(symbols, kept);
  }

  private void change(int left, int right, int word, long by, Set<Long> changes) {
    // Of the pair that is being merged nothing is left, also where two of them overlap.
    if (pair(left, right) != current) {
      change(left, right, word, by);
      changes.add(pair(left, right));
    }
  }

  private void change(int left, int right, int word, long by) {
    Pair pair = pairs.computeIfAbsent(pair(left, right), key -> new Pair());
    pair.count += by;
    if (by > 0) {
      pair.foundIn(word);
    }
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private static int left(long pair) {
    return (int) (pair >>> 32);
  }

  private static int right(long pair) {
    return (int) pair;
  }
}
