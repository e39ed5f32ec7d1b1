package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured in one run.
 *
 * @param streaming bytes per second of a plain streaming read
 */
public record BenchReport(String backend, double streaming, BenchOptions options, List<Measurement> measurements) {

  /** For scripts. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("backend", backend);
    map.put("streaming_gbps", streaming / 1e9);
    map.put("context", options.context());
    map.put("tokens", options.tokens());
    map.put("variants", measurements.stream().map(Measurement::toMap).toList());
    return map;
  }

  /** As a table in Markdown. */
  public String table() {
    StringBuilder table = new StringBuilder();
    table.append("| variant | parameters | ms/token | ± | ms/block | tokens/s | MB/token | GB/s | of streaming | faster | bytes allow | block faster |\n");
    table.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Measurement one : measurements) {
      table.append(String.format(Locale.ROOT, "| %s %s | %,.1f M | %.3f | %.0f %% | %.3f | %.1f | %,.1f | %.1f | %.0f %% | %s | %s | %s |%n",
          one.name(), one.dtype(), one.parameters() / 1e6, 1e3 * one.secondsPerToken(), 100 * one.spread(), 1e3 * one.secondsPerBlock(),
          one.tokensPerSecond(), one.bytesPerToken() / 1e6, one.bandwidth() / 1e9, 100 * one.bandwidthFraction(),
          times(one.speedup()), times(one.speedupLimit()), times(one.blockSpeedup())));
    }
    table.append(String.format(Locale.ROOT, "%nstreaming read %.1f GB/s; %s%n", streaming / 1e9, backend));
    return table.toString();
  }

  private static String times(double factor) {
    return Double.isFinite(factor) ? String.format(Locale.ROOT, "%.1fx", factor) : "-";
  }
}
