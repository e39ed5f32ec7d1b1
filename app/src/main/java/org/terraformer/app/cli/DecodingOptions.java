package org.terraformer.app.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a model generates, and how that is printed. */
final class DecodingOptions {
  private static final int MOST_TOGETHER = 16;

  @Option(names = {"-n", "--max-tokens"}, paramLabel = "N",
      description = "Tokens to generate at most; as the model's configuration says, else 32 (summarize: 256).")
  private Integer maxTokens;

  @Mixin
  private SamplingOptions sampling;

  @Option(names = "--stop", paramLabel = "TEXT", description = "Stop before this text; may be given several times.")
  private List<String> stops = new ArrayList<>();

  @Option(names = "--stop-id", paramLabel = "ID", description = "Stop before this token; may be given several times.")
  private List<Integer> stopIds = new ArrayList<>();

  @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "The same seed gives the same text.")
  private long seed;

  @Option(names = "--samples", defaultValue = "1", paramLabel = "N", description = "Independent continuations.")
  private int samples;

  @Option(names = "--beams", defaultValue = "0", paramLabel = "N", description = "Search with N beams instead of sampling.")
  private int beams;

  @Option(names = "--length-penalty", defaultValue = "0", paramLabel = "A",
      description = "With --beams: compare sums of log-probabilities over length^A.")
  private double lengthPenalty;

  @Option(names = "--log-probs", description = "Also give the log-probability of each token (with --json).")
  private boolean logProbabilities;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  boolean json() {
    return json;
  }

  /** Sequences that are generated together. */
  int slots() {
    return beams > 0 ? BeamSearch.slotsNeeded(beams) : Math.min(samples, MOST_TOGETHER);
  }

  /** Finds options that don't go together. */
  void check() {
    if (samples < 1 || samples > 1000) {
      throw InvalidInputException.of("--samples is %d but must be from 1 to 1000.", samples);
    }
    if (beams < 0 || beams > 64) {
      throw InvalidInputException.of("--beams is %d but must be from 1 to 64, or 0 for none.", beams);
    }
    if (beams > 0 && (samples != 1 || !sampling.sampling(Sampling.GREEDY).equals(Sampling.GREEDY) || !stops.isEmpty())) {
      throw new InvalidInputException(
          "--beams can't be combined with --samples, --stop, --temperature or another choice of tokens.");
    }
    if (beams == 0 && lengthPenalty != 0) {
      throw InvalidInputException.of("--length-penalty is %s but is for --beams only.", lengthPenalty);
    }
    if (logProbabilities && (!json || beams > 0)) {
      throw new InvalidInputException("--log-probs is for --json without --beams only; beams have scores.");
    }
  }

  private Set<Integer> ends(LanguageModel model) {
    Set<Integer> ends = new HashSet<>(stopIds);
    model.config().endId().ifPresent(ends::add);
    return ends;
  }

  /**
   * Generates and prints.
   *
   * @param fed ids that are continued
   * @param usualTokens to generate at most, where no option says it
   * @param asText whether text is printed, not ids
   * @return the exit code
   */
  int generate(TerraformerCommand root, LanguageModel model, List<Integer> fed, int usualTokens, boolean asText) {
    Continuations continuations = new Continuations(root.terminal().out(), asText, json);
    ProgressListener progress = root.progress(json);
    int most = most(model, usualTokens);
    long start = System.nanoTime();
    if (beams > 0) {
      List<BeamSearch.Beam> found = model.search(fed, beams, most, lengthPenalty, ends(model), () -> goesOn(root));
      Map<String, Object> figures = figures(model, fed, found.stream().mapToLong(beam -> beam.ids().size()).sum(), start, start);
      continuations.print(found, beam -> model.tokenizer().map(tokenizer -> tokenizer.decode(beam)).orElse(""), figures);
      say(root, figures, !goesOn(root));
      return goesOn(root) ? 0 : Interruption.EXIT_CODE;
    }
    GenerationRequest request = request(model, fed, most);
    if (sampling.idle(model.config().generation().sampling())) {
      root.note("--top-k, --top-p and --min-p change nothing while the --temperature is 0, which takes the most likely token");
    }
    boolean streams = !json && samples == 1;
    boolean[] read = {true};
    long[] tokens = new long[1];
    long[] firstToken = {start};
    long all = (long) samples * most;
    List<Sample> results = model.generate(request, (sample, id, piece) -> {
      read[0] = read[0] && (!streams || continuations.stream(id, piece, tokens[0] == 0));
      firstToken[0] = tokens[0] == 0 ? System.nanoTime() : firstToken[0];
      tokens[0] += id >= 0 ? 1 : 0;
      boolean goOn = read[0] && goesOn(root);
      if (goOn && !streams) {
        progress.progressed("generating", Math.min(tokens[0], all - 1), all);
      }
      return goOn;
    });
    if (!streams) {
      progress.progressed("generating", all, all);
    }
    Map<String, Object> figures = figures(model, fed, tokens[0], start, firstToken[0]);
    if (streams) {
      continuations.endStream();
    } else {
      continuations.print(results, figures);
    }
    boolean interrupted = !goesOn(root);
    if (read[0]) {
      say(root, figures, interrupted);
    }
    return interrupted ? Interruption.EXIT_CODE : 0;
  }

  /** Tokens to generate at most. */
  int most(LanguageModel model, int usualTokens) {
    return maxTokens == null ? model.config().generation().maxTokens().orElse(usualTokens) : maxTokens;
  }

  private GenerationRequest request(LanguageModel model, List<Integer> fed, int most) {
    return new GenerationRequest(fed, most, sampling.sampling(model.config().generation().sampling()), ends(model), stops, seed, samples, logProbabilities);
  }

  private static boolean goesOn(TerraformerCommand root) {
    return !root.terminal().interruption().requested();
  }

  /** Finds options that give more than {@link #text} does. */
  void checkTextAlone() {
    if (samples != 1 || logProbabilities) {
      throw new InvalidInputException("--samples and --log-probs are for a single text; each text of JSON lines gets one.");
    }
  }

  /**
   * The best text alone, without printing anything.
   *
   * @throws Interruption.StoppedException after Ctrl-C
   */
  String text(TerraformerCommand root, LanguageModel model, List<Integer> fed, int usualTokens) {
    String text = beams > 0 ? searched(root, model, fed, usualTokens)
        : model.generate(request(model, fed, most(model, usualTokens)), (sample, id, piece) -> goesOn(root)).getFirst().text();
    if (!goesOn(root)) {
      throw new Interruption.StoppedException();
    }
    return text;
  }

  private String searched(TerraformerCommand root, LanguageModel model, List<Integer> fed, int usualTokens) {
    BeamSearch.Beam best =
        model.search(fed, beams, most(model, usualTokens), lengthPenalty, ends(model), () -> goesOn(root)).getFirst();
    int[] ids = best.ids().stream().mapToInt(Integer::intValue).toArray();
    return model.tokenizer().map(tokenizer -> tokenizer.decode(ids)).orElse("");
  }

  private void say(TerraformerCommand root, Map<String, Object> figures, boolean interrupted) {
    if (!json) {
      root.figures("%d tokens, %.1f tokens/s, backend %s%s".formatted(figures.get("tokens"), figures.get("tokens_per_second"),
          figures.get("backend"), interrupted ? ", interrupted" : ""));
    }
  }

  /** Tokens per second are those after the first, which waits for the prompt; a single one counts with its prompt. */
  private static Map<String, Object> figures(LanguageModel model, List<Integer> fed, long tokens, long start, long firstToken) {
    long end = System.nanoTime();
    boolean afterFirst = tokens > 1 && firstToken != start;
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("prompt_tokens", fed.size());
    figures.put("tokens", tokens);
    figures.put("seconds", (end - start) / 1e9);
    figures.put("tokens_per_second", (afterFirst ? tokens - 1 : tokens) * 1e9 / (end - (afterFirst ? firstToken : start)));
    figures.put("backend", model.backend().name());
    return figures;
  }
}
