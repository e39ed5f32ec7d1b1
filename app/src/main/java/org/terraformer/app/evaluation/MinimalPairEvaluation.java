package org.terraformer.app.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.terraformer.app.data.JsonLines;
import org.terraformer.app.format.Reason;
import org.terraformer.domain.evaluation.Passage;
import org.terraformer.domain.evaluation.PassageScores;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;

/**
 * How often a model finds the grammatical sentence of a pair the more likely one: BLiMP (Warstadt et al., 2020), a zip file with
 * JSON lines, a file for each paradigm.
 */
public final class MinimalPairEvaluation {
  private static final String ENDING = ".jsonl";

  private MinimalPairEvaluation() {}

  private record Pair(String paradigm, String good, String bad) {}

  /**
   * @param limit pairs of each paradigm at most; 0 for all
   */
  public static Map<String, Object> run(EvaluatedModel model, Path file, int limit, ProgressListener progress) {
    List<Pair> pairs = pairs(file, limit);
    List<Passage> passages = new ArrayList<>();
    for (Pair pair : pairs) {
      passages.add(Passage.whole(model.tokenizer().encode(pair.good)));
      passages.add(Passage.whole(model.tokenizer().encode(pair.bad)));
    }
    PassageScores scores = PassageScores.of(passages, model.scorer(), progress);
    Map<String, int[]> byParadigm = new TreeMap<>();
    double nats = 0;
    long tokens = 0;
    long bytes = 0;
    int right = 0;
    for (int i = 0; i < pairs.size(); i++) {
      boolean preferred = scores.nats(2 * i) < scores.nats(2 * i + 1);
      int[] counts = byParadigm.computeIfAbsent(pairs.get(i).paradigm, name -> new int[2]);
      counts[0] += preferred ? 1 : 0;
      counts[1]++;
      right += preferred ? 1 : 0;
      nats += scores.nats(2 * i);
      tokens += scores.tokens(2 * i);
      bytes += pairs.get(i).good.getBytes(StandardCharsets.UTF_8).length;
    }
    Map<String, Object> paradigms = new LinkedHashMap<>();
    byParadigm.forEach((name, counts) -> paradigms.put(name, (double) counts[0] / counts[1]));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("perplexity", Math.exp(nats / tokens));
    figures.put("bits_per_byte", nats / Math.log(2) / bytes);
    figures.put("tokens", tokens);
    figures.put("accuracy", (double) right / pairs.size());
    figures.put("pairs", pairs.size());
    figures.put("paradigms", paradigms);
    return figures;
  }

  private static List<Pair> pairs(Path file, int limit) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of("There is no file %s.", file);
    }
    List<Pair> pairs = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().filter(one -> isParadigm(one.getName())).map(ZipEntry.class::cast).toList()) {
        try (BufferedReader reader = new BufferedReader(
            new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
          addPairs(entry.getName(), reader, limit, pairs);
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be read: %s.".formatted(file, Reason.of(e)), e);
    }
    if (pairs.isEmpty()) {
      throw InvalidInputException.of("%s has no pairs; it must be a zip file with JSON lines of sentence_good and sentence_bad.",
          file);
    }
    return pairs;
  }

  /** What macOS packs beside a file begins with two marks and holds no lines. */
  private static boolean isParadigm(String name) {
    return name.endsWith(ENDING) && !name.substring(name.lastIndexOf('/') + 1).startsWith("._");
  }

  private static void addPairs(String entry, BufferedReader reader, int limit, List<Pair> pairs) throws IOException {
    int before = pairs.size();
    JsonLines.read(entry, reader, List.of("UID", "sentence_good", "sentence_bad"), (number, texts) -> {
      if (texts.contains("")) {
        throw InvalidInputException.of("Line %d of %s has an empty UID, sentence_good or sentence_bad.", number, entry);
      }
      pairs.add(new Pair(texts.get(0), texts.get(1), texts.get(2)));
      return pairs.size() - before != limit;
    });
  }
}
