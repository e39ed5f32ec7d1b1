package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What was measured in one run.
 *
 * @param streaming bytes per second of a plain streaming read, the median
 * @param streamingSpread the range of the middle half of its timings, as a part of the median
 * @param resident the memory in use with all variants loaded, where it is known
 */
public record BenchReport(String backend, double streaming, double streamingSpread, Optional<ResidentMemory> resident, BenchOptions options,
    List<Measurement> measurements) {

  private Optional<Measurement> dense() {
    return measurements.stream().filter(one -> one.name().equals(Variant.DENSE.label())).findFirst();
  }

  /** For scripts. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("backend", backend);
    map.put("streaming_gbps", streaming / 1e9);
    map.put("streaming_spread", streamingSpread);
    map.put("context", options.context());
    map.put("tokens", options.tokens());
    resident.ifPresent(memory -> {
      map.put("resident_bytes", memory.now());
      map.put("peak_resident_bytes", memory.peak());
    });
    map.put("variants", measurements.stream().map(one -> one.toMap(dense())).toList());
    return map;
  }

  /** As tables in Markdown. */
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append("| variant | parameters | ms/token | ± | tokens/s | MB/token | GB/s | of streaming | with cache | faster | bytes allow "
        + "| ms/block | block faster | bytes allow |\n");
    table.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Measurement one : measurements) {
      table.append(line("| %s %s | %,.1f M | %.3f | %.0f %% | %.1f | %,.1f | %.1f | %.0f %% | %.0f %% | %s | %s | %.3f | %s | %s |%n",
          one.name(), one.dtype(), one.parameters() / 1e6, 1e3 * one.secondsPerToken(), 100 * one.spread(), one.tokensPerSecond(),
          one.bytesPerToken() / 1e6, one.bandwidth() / 1e9, 100 * one.bandwidthFraction(), 100 * one.bandwidthFractionWithCache(),
          times(one, Measurement::speedup), times(one, Measurement::speedupLimit), 1e3 * one.block().seconds(),
          times(one, Measurement::blockSpeedup), times(one, Measurement::blockSpeedupLimit)));
    }
    table.append(line("%n%s, %d tokens in the cache; streaming read %.1f GB/s ± %.0f %%", backend, options.context(), streaming / 1e9,
        100 * streamingSpread));
    resident.ifPresent(memory -> table.append(line("; resident memory %.1f GB, at most %.1f GB", memory.now() / 1e9, memory.peak() / 1e9)));
    for (Measurement one : measurements) {
      one.encodingSeconds().ifPresent(encoding -> table.append(line("; %s read its source in %.2f s", one.name(), encoding)));
    }
    table.append('\n');
    for (Measurement one : measurements) {
      one.prefillSeconds().ifPresent(prefill -> table.append(line("%n%s %s reads a prompt of %d tokens at %.1f tokens/s, %.1f times as fast as it decodes%n",
          one.name(), one.dtype(), options.prefill(), 1 / prefill, one.secondsPerToken() / prefill)));
    }
    for (Measurement one : measurements) {
      one.profile().ifPresent(profile -> table.append(profile.table(one.name() + " " + one.dtype(), streaming)));
    }
    return table.toString();
  }

  private String times(Measurement one, BiFunction<Measurement, Measurement, Double> comparison) {
    return dense().map(other -> line("%.1fx", comparison.apply(one, other))).orElse("-");
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
