package org.terraformer.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Continues a prompt. */
@Command(name = "generate", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Continues a text or a sequence of token ids. The continuation alone goes to standard output.",
    footer = {"", "Examples:", "  terraformer generate \"a b c\"", "  echo 1 2 3 | terraformer generate -",
        "  terraformer generate --model copy --ids \"0 3 7 5 3 2 4 0\" --max-tokens 6",
        "  terraformer generate --model novel --temperature 0.8 --top-p 0.95 --seed 7 \"It was\""})
final class GenerateCommand implements Runnable {
  private static final int DEFAULT_TOKENS = 32;

  @Spec
  private CommandSpec spec;

  @ParentCommand
  private TerraformerCommand terraformer;

  @Mixin
  private RunOptions run;

  @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The text to continue; - reads it from standard input.")
  private String prompt;

  @Option(names = "--ids", paramLabel = "IDS", description = "Token ids to continue, separated by spaces, in place of a text.")
  private String ids;

  @Option(names = {"-n", "--max-tokens"}, paramLabel = "N", defaultValue = "" + DEFAULT_TOKENS, description = "Tokens to generate at most (${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(names = "--temperature", defaultValue = "0", paramLabel = "T", description = "0 takes the most likely token (default).")
  private double temperature;

  @Option(names = "--top-k", defaultValue = "0", paramLabel = "K", description = "Draw from the K most likely tokens; 0 for all (default).")
  private int topK;

  @Option(names = "--top-p", defaultValue = "1", paramLabel = "P", description = "Draw from the fewest tokens whose probabilities reach P.")
  private double topP;

  @Option(names = "--min-p", defaultValue = "0", paramLabel = "P", description = "Draw from tokens at least P times as likely as the likeliest.")
  private double minP;

  @Option(names = "--repetition-penalty", defaultValue = "1", paramLabel = "R", description = "Above 1 makes tokens that occurred less likely.")
  private double repetitionPenalty;

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
  public void run() {
    if ((prompt == null) == (ids == null)) {
      throw new InvalidInputException("Give either a prompt or --ids.");
    }
    if (samples < 1 || samples > 1000) {
      throw InvalidInputException.of("--samples is %d but must be from 1 to 1000.", samples);
    }
    if (beams < 0 || beams > 64) {
      throw InvalidInputException.of("--beams is %d but must be from 1 to 64, or 0 for none.", beams);
    }
    if (beams > 0 && (samples != 1 || temperature != 0 || !stops.isEmpty())) {
      throw new InvalidInputException("--beams can't be combined with --samples, --temperature or --stop.");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (LanguageModel model = run.open(terraformer.settings(), beams > 0 ? BeamSearch.slotsNeeded(beams) : Math.min(samples, 16))) {
      if (model.backend().name().equals("scalar")) {
        err.println("terraformer: running on the slow backend scalar; the fast backend cpu "
            + terraformer.library().backends().get("cpu").description());
      }
      Set<Integer> ends = new HashSet<>(stopIds);
      model.config().endId().ifPresent(ends::add);
      List<Integer> fed = ids == null ? model.prompt(text()) : model.prompt(parse(ids));
      GenerationRequest request = new GenerationRequest(fed, maxTokens,
          new Sampling(temperature, topK, topP, minP, repetitionPenalty), ends, stops, seed, samples, logProbabilities);
      if (beams > 0) {
        printBeams(out, model, model.search(fed, beams, maxTokens, lengthPenalty, ends));
        return;
      }
      boolean asText = ids == null && model.tokenizer().isPresent();
      boolean streams = !json && samples == 1;
      long[] tokens = new long[1];
      long start = System.nanoTime();
      boolean[] first = {true};
      List<Sample> results = model.generate(request, (sample, id, piece) -> {
        tokens[0] += id >= 0 ? 1 : 0;
        if (streams) {
          out.print(asText ? piece : id < 0 ? "" : first[0] ? "" + id : " " + id);
          first[0] = false;
          out.flush();
        }
        return !out.checkError() || !streams;
      });
      double seconds = (System.nanoTime() - start) / 1e9;
      print(out, results, asText, streams);
      err.printf("%d tokens, %.1f tokens/s, backend %s%n", tokens[0], tokens[0] / seconds, model.backend().name());
    }
  }

  private void print(PrintWriter out, List<Sample> results, boolean asText, boolean streamed) {
    if (json) {
      out.println(json(results));
    } else if (streamed) {
      out.println();
    } else {
      for (Sample sample : results) {
        out.println(asText ? sample.text() : sample.ids().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      }
    }
    out.flush();
  }

  private void printBeams(PrintWriter out, LanguageModel model, List<BeamSearch.Beam> found) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (BeamSearch.Beam beam : found) {
      int[] beamIds = beam.ids().stream().mapToInt(Integer::intValue).toArray();
      String text = model.tokenizer().map(tokenizer -> tokenizer.decode(beamIds)).orElse("");
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("text", text);
      map.put("ids", beam.ids());
      map.put("score", beam.score());
      list.add(map);
      if (!json) {
        out.println(ids == null && model.tokenizer().isPresent() ? text
            : beam.ids().stream().map(String::valueOf).collect(Collectors.joining(" ")));
      }
    }
    if (json) {
      out.println(write(Map.of("beams", list)));
    }
    out.flush();
  }

  private static String write(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String json(List<Sample> results) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Sample sample : results) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("text", sample.text());
      map.put("ids", sample.ids());
      if (!sample.logProbabilities().isEmpty()) {
        map.put("log_probabilities", sample.logProbabilities());
      }
      map.put("finish_reason", sample.reason().name().toLowerCase(java.util.Locale.ROOT));
      list.add(map);
    }
    return write(Map.of("samples", list));
  }

  private String text() {
    if (!prompt.equals("-")) {
      return prompt;
    }
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new InvalidInputException("Standard input can't be read: %s.".formatted(e.getMessage()), e);
    }
  }

  private static int[] parse(String ids) {
    List<Integer> parsed = new ArrayList<>();
    for (String word : ids.strip().split("[\\s,]+")) {
      try {
        parsed.add(Integer.parseInt(word));
      } catch (NumberFormatException e) {
        throw InvalidInputException.of("--ids has %s but must be whole numbers separated by spaces.", word);
      }
    }
    return parsed.stream().mapToInt(Integer::intValue).toArray();
  }
}
