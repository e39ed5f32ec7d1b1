package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What decoding with one variant took.
 *
 * @param width d_model
 * @param secondsPerToken the median
 * @param spread the range of the middle half of the timings, as a part of the median
 * @param bytesPerToken bytes of weights that a token reads
 * @param cacheBytesPerToken bytes of keys and values that it reads besides, halfway through a turn
 * @param block what one block has and takes: the model less the same model without blocks, by the number of blocks
 * @param streaming bytes per second of a plain streaming read in the same run
 * @param prefillSeconds what a token of a longer prompt took, if that was measured
 * @param encodingSeconds what the encoder took for the source before, if there is one
 */
public record Measurement(String name, String dtype, int width, int blocks, long parameters, double secondsPerToken, double spread,
    long bytesPerToken, long cacheBytesPerToken, Block block, double streaming, OptionalDouble prefillSeconds,
    OptionalDouble encodingSeconds, Optional<OperationProfile> profile) {

  /** One block of a model. */
  public record Block(double parameters, double seconds, double bytes) {}

  static Measurement of(TimedModel model, TimedModel headless, double streaming, Optional<OperationProfile> profile,
      OptionalDouble prefill) {
    int blocks = model.contender().config().blocks();
    double seconds = model.timings().median();
    Block block = new Block((double) (model.parameters() - headless.parameters()) / blocks, (seconds - headless.timings().median()) / blocks,
        (double) (model.weightBytesPerToken() - headless.weightBytesPerToken()) / blocks);
    return new Measurement(model.contender().name(), model.contender().dtype().name().toLowerCase(Locale.ROOT), model.contender().config().width(),
        blocks, model.parameters(), seconds, model.timings().spread(), model.weightBytesPerToken(), model.cacheBytesPerToken(), block,
        streaming, prefill, model.encodingSeconds(), profile);
  }

  public double tokensPerSecond() {
    return 1 / secondsPerToken;
  }

  /** Bytes of weights per second. */
  public double bandwidth() {
    return bytesPerToken / secondsPerToken;
  }

  public double bandwidthFraction() {
    return bandwidth() / streaming;
  }

  /** As {@link #bandwidthFraction}, of weights and cache. */
  public double bandwidthFractionWithCache() {
    return (bytesPerToken + cacheBytesPerToken) / secondsPerToken / streaming;
  }

  /** For scripts; times in milliseconds, rates in 10^9 bytes per second, comparisons null where dense was not measured. */
  Map<String, Object> toMap(Optional<Measurement> dense) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("dtype", dtype);
    map.put("d_model", width);
    map.put("blocks", blocks);
    map.put("parameters", parameters);
    map.put("ms_per_token", 1e3 * secondsPerToken);
    map.put("spread", spread);
    encodingSeconds.ifPresent(encoding -> map.put("encoding_seconds", encoding));
    map.put("ms_per_block", 1e3 * block.seconds);
    map.put("tokens_per_s", tokensPerSecond());
    map.put("bytes_per_token", bytesPerToken);
    map.put("cache_bytes_per_token", cacheBytesPerToken);
    map.put("gbps", bandwidth() / 1e9);
    map.put("bandwidth_fraction", bandwidthFraction());
    map.put("bandwidth_fraction_with_cache", bandwidthFractionWithCache());
    map.put("speedup", dense.map(this::speedup).orElse(null));
    map.put("speedup_limit", dense.map(this::speedupLimit).orElse(null));
    map.put("block_speedup", dense.map(this::blockSpeedup).orElse(null));
    map.put("block_speedup_limit", dense.map(this::blockSpeedupLimit).orElse(null));
    prefillSeconds.ifPresent(prefill -> {
      map.put("prefill_tokens_per_s", 1 / prefill);
      map.put("prefill_over_decoding", secondsPerToken / prefill);
    });
    profile.ifPresent(operations -> map.put("profile", operations.toMap()));
    return map;
  }

  /** How many times faster than another. */
  double speedup(Measurement other) {
    return other.secondsPerToken / secondsPerToken;
  }

  /** How many times fewer bytes than another. */
  double speedupLimit(Measurement other) {
    return (double) other.bytesPerToken / bytesPerToken;
  }

  double blockSpeedup(Measurement other) {
    return other.block.seconds / block.seconds;
  }

  double blockSpeedupLimit(Measurement other) {
    return other.block.bytes / block.bytes;
  }
}
