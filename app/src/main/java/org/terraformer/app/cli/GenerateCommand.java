package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Continues a prompt. */
@Command(name = "generate", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Continues a text or a sequence of token ids; a model that reads a source generates what belongs to it. What was generated "
        + "alone goes to standard output.",
    footer = {"", "Examples:", "  terraformer generate \"a b c\"", "  echo 1 2 3 | terraformer generate -",
        "  terraformer generate --prompt-file chapter.txt --max-tokens 200",
        "  terraformer generate --model copy --ids \"0 3 7 5 3 2 4 0\" --max-tokens 6",
        "  terraformer generate --model novel --temperature 0.8 --seed 7 \"It was\"",
        "  terraformer generate --model summaries --source-file paper.txt",
        "  terraformer generate --json --samples 3 --temperature 1 \"a b c\""})
final class GenerateCommand implements Callable<Integer> {
  private static final int DEFAULT_TOKENS = 32;
  private static final int MOST_TOGETHER = 16;

  @ParentCommand
  private TerraformerCommand root;

  @Mixin
  private RunOptions run;

  @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The text to continue; - reads it from standard input.")
  private String prompt;

  @Option(names = "--prompt-file", paramLabel = "FILE", description = "A UTF-8 file with the text to continue.")
  private Path promptFile;

  @Option(names = "--ids", paramLabel = "IDS", description = "Token ids to continue, separated by spaces, in place of a text.")
  private String ids;

  @Option(names = "--source", paramLabel = "TEXT", description = "The source, for a model that reads one; - reads it from standard input.")
  private String source;

  @Option(names = "--source-file", paramLabel = "FILE", description = "A UTF-8 file with the source.")
  private Path sourceFile;

  @Option(names = "--source-ids", paramLabel = "IDS", description = "Token ids of the source, separated by spaces, in place of a text.")
  private String sourceIds;

  @Option(names = {"-n", "--max-tokens"}, paramLabel = "N", defaultValue = "" + DEFAULT_TOKENS,
      description = "Tokens to generate at most (${DEFAULT-VALUE}).")
  private int maxTokens;

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

  @Override
  public Integer call() {
    check();
    int[] given = ids == null ? prompt == null && promptFile == null ? new int[0] : null : parse("--ids", ids);
    String text = given == null ? Prompt.of(prompt, promptFile) : null;
    int[] givenSource = sourceIds == null ? null : parse("--source-ids", sourceIds);
    String sourceText = source == null && sourceFile == null ? null : Prompt.of(source, sourceFile);
    ProgressListener progress = root.progress(json);
    int slots = beams > 0 ? BeamSearch.slotsNeeded(beams) : Math.min(samples, MOST_TOGETHER);
    try (LanguageModel model = run.open(root.settings(), slots, progress, root::note)) {
      read(model, givenSource, sourceText);
      List<Integer> fed = given == null ? model.prompt(text) : model.prompt(given);
      return generate(model, fed, ends(model), progress);
    }
  }

  private void read(LanguageModel model, int[] given, String text) {
    if (model.readsSource() && !readsSource()) {
      throw InvalidInputException.of("The model is a %s, which reads a source; give --source, --source-file or --source-ids.",
          model.config().architecture().name());
    }
    if (readsSource()) {
      model.read(given == null ? model.source(text) : given);
      model.note().ifPresent(root::note);
    }
  }

  private boolean readsSource() {
    return source != null || sourceFile != null || sourceIds != null;
  }

  private void check() {
    if (Stream.of(source, sourceFile, sourceIds).filter(each -> each != null).count() > 1) {
      throw new InvalidInputException("Give only one of --source, --source-file and --source-ids.");
    }
    long prompts = Stream.of(prompt, promptFile, ids).filter(each -> each != null).count();
    if (prompts > 1 || prompts == 0 && !readsSource()) {
      throw new InvalidInputException("Give either a prompt, --prompt-file or --ids.");
    }
    if ("-".equals(prompt) && "-".equals(source)) {
      throw new InvalidInputException("Only one of the prompt and --source can be read from standard input.");
    }
    if (samples < 1 || samples > 1000) {
      throw InvalidInputException.of("--samples is %d but must be from 1 to 1000.", samples);
    }
    if (beams < 0 || beams > 64) {
      throw InvalidInputException.of("--beams is %d but must be from 1 to 64, or 0 for none.", beams);
    }
    if (beams > 0 && (samples != 1 || !sampling.sampling().equals(Sampling.GREEDY) || !stops.isEmpty())) {
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

  private int generate(LanguageModel model, List<Integer> fed, Set<Integer> ends, ProgressListener progress) {
    Continuations continuations = new Continuations(root.terminal().out(), ids == null && sourceIds == null && model.tokenizer().isPresent(), json);
    long start = System.nanoTime();
    if (beams > 0) {
      List<BeamSearch.Beam> found = model.search(fed, beams, maxTokens, lengthPenalty, ends);
      Map<String, Object> figures = figures(model, fed, found.stream().mapToLong(beam -> beam.ids().size()).sum(), start, start);
      continuations.print(found, beam -> model.tokenizer().map(tokenizer -> tokenizer.decode(beam)).orElse(""), figures);
      say(figures, false);
      return 0;
    }
    GenerationRequest request =
        new GenerationRequest(fed, maxTokens, sampling.sampling(), ends, stops, seed, samples, logProbabilities);
    if (sampling.idle()) {
      root.note("--top-k, --top-p and --min-p change nothing while the --temperature is 0, which takes the most likely token");
    }
    boolean streams = !json && samples == 1;
    boolean[] read = {true};
    long[] tokens = new long[1];
    long[] firstToken = {start};
    long most = (long) samples * maxTokens;
    List<Sample> results = model.generate(request, (sample, id, piece) -> {
      read[0] = read[0] && (!streams || continuations.stream(id, piece, tokens[0] == 0));
      firstToken[0] = tokens[0] == 0 ? System.nanoTime() : firstToken[0];
      tokens[0] += id >= 0 ? 1 : 0;
      boolean goOn = read[0] && !root.terminal().interruption().requested();
      if (goOn && !streams) {
        progress.progressed("generating", Math.min(tokens[0], most - 1), most);
      }
      return goOn;
    });
    if (!streams) {
      progress.progressed("generating", most, most);
    }
    Map<String, Object> figures = figures(model, fed, tokens[0], start, firstToken[0]);
    if (streams) {
      continuations.endStream();
    } else {
      continuations.print(results, figures);
    }
    boolean interrupted = root.terminal().interruption().requested();
    if (read[0]) {
      say(figures, interrupted);
    }
    return interrupted ? Interruption.EXIT_CODE : 0;
  }

  private void say(Map<String, Object> figures, boolean interrupted) {
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

  private static int[] parse(String option, String ids) {
    return Stream.of(ids.strip().split("[\\s,]+")).filter(word -> !word.isEmpty()).mapToInt(word -> {
      try {
        return Integer.parseInt(word);
      } catch (NumberFormatException e) {
        throw InvalidInputException.of("%s has %s but must be whole numbers separated by spaces.", option, word);
      }
    }).toArray();
  }
}
