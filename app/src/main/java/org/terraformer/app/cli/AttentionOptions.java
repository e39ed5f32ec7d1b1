package org.terraformer.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.terraformer.app.bench.AttentionBenchOptions;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** What attention is measured at. */
final class AttentionOptions {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,7}k?)(?:\\.\\.(\\d{1,7}k?))?");

  @Option(names = "--attention", paramLabel = "NAME",
      description = "Instead, time one attention layer of this name, lsh, beside full attention.")
  private String attention;

  @Option(names = "--contexts", paramLabel = "LIST", defaultValue = "1k..128k",
      description = "With --attention: tokens in the cache, separated by commas; A..B doubles from A to B, k is 1024 (${DEFAULT-VALUE}).")
  private String contexts;

  @Option(names = "--heads", paramLabel = "N", defaultValue = "4", description = "With --attention: heads of 64 (${DEFAULT-VALUE}).")
  private int heads;

  @Option(names = "--hashes", paramLabel = "N", defaultValue = "4", description = "With --attention: hash rounds (${DEFAULT-VALUE}).")
  private int hashes;

  @Option(names = "--chunk", paramLabel = "N", defaultValue = "128", description = "With --attention: rows of a chunk (${DEFAULT-VALUE}).")
  private int chunk;

  /**
   * @throws InvalidInputException naming an option that is out of range
   */
  AttentionBenchOptions options(int tokens, DType cache) {
    if (!attention.equals("lsh")) {
      throw InvalidInputException.of("--attention is %s but must be lsh.", attention);
    }
    return new AttentionBenchOptions(parse(contexts), heads, hashes, chunk, tokens, cache);
  }

  private static List<Integer> parse(String list) {
    List<Integer> contexts = new ArrayList<>();
    CommaSeparated named = new CommaSeparated("--contexts", list, "numbers as 4096 or 4k, or ranges as 1k..128k,");
    for (String part : named.parts()) {
      Matcher matcher = RANGE.matcher(part);
      if (!matcher.matches()) {
        throw named.refused();
      }
      long from = number(matcher.group(1));
      long to = matcher.group(2) == null ? from : number(matcher.group(2));
      if (from < 1 || from > to || to > Integer.MAX_VALUE) {
        throw InvalidInputException.of("--contexts is %s but a range must go up, from 1.", list);
      }
      for (long context = from; context <= to; context *= 2) {
        contexts.add((int) context);
      }
    }
    return contexts;
  }

  private static long number(String text) {
    return text.endsWith("k") ? 1024 * Long.parseLong(text.substring(0, text.length() - 1)) : Long.parseLong(text);
  }
}
