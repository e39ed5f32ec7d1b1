package org.terraformer.app.cli;

import org.terraformer.app.bench.BenchOptions;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** How decoding is measured. */
final class ProtocolOptions {
  @Option(names = "--context", paramLabel = "N", defaultValue = "0",
      description = "Tokens that are in the cache before the prompt (${DEFAULT-VALUE}).")
  private int context;

  @Option(names = "--capacity", paramLabel = "N", defaultValue = "0",
      description = "Positions that the cache has room for; as many as the measurement needs if not given.")
  private int capacity;

  @Option(names = "--prompt", paramLabel = "N", defaultValue = "16", description = "Tokens of the prompt (${DEFAULT-VALUE}).")
  private int prompt;

  @Option(names = "--warm-up", paramLabel = "N", defaultValue = "4", description = "Tokens decoded before timing (${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--settle", paramLabel = "SECONDS", defaultValue = "3",
      description = "Before all that, let each model decode for at most so long, until its code is compiled (${DEFAULT-VALUE}).")
  private int settle;

  @Option(names = "--tokens", paramLabel = "N", defaultValue = "100", description = "Tokens timed for each variant (${DEFAULT-VALUE}).")
  private int tokens;

  @Option(names = "--turn", paramLabel = "N", defaultValue = "10",
      description = "Tokens timed at a turn of a variant; each turn starts anew with the prompt (${DEFAULT-VALUE}).")
  private int turn;

  @Option(names = "--prefill", paramLabel = "N", defaultValue = "0",
      description = "Also time how a prompt of so many tokens is read.")
  private int prefill;

  @Option(names = "--profile", description = "Also decode as many tokens again to time each kind of operation.")
  private boolean profile;

  int tokens() {
    return tokens;
  }

  BenchOptions options(DType dtype, DType cache) {
    return new BenchOptions(dtype, context, capacity, prompt, warmUp, settle, tokens, turn, prefill, cache, profile);
  }
}
