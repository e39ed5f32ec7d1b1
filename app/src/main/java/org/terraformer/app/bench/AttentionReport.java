package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a decoded token took in one attention layer, at each context. */
public record AttentionReport(String backend, AttentionBenchOptions options, List<Point> points) {

  /**
   * One context.
   *
   * @param candidates keys that hashing looks at
   * @param fullSeconds of full attention, the median
   * @param fullSpread the range of the middle half of the timings, as a part of the median
   * @param hashedSeconds of attention by hashing, the median
   * @param mass the part of full attention's weights that the candidates hold
   * @param top the part of its 64 largest weights that are among the candidates
   */
  public record Point(int context, int candidates, double fullSeconds, double fullSpread, double hashedSeconds, double hashedSpread,
      double mass, double top) {

    double speedup() {
      return fullSeconds / hashedSeconds;
    }
  }

  /** For scripts. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("backend", backend);
    map.put("heads", options.heads());
    map.put("head_size", AttentionBenchOptions.HEAD_SIZE);
    map.put("hashes", options.hashes());
    map.put("chunk_length", options.chunkLength());
    map.put("cache", options.cache().name().toLowerCase(Locale.ROOT));
    map.put("contexts", points.stream().map(AttentionReport::toMap).toList());
    return map;
  }

  private static Map<String, Object> toMap(Point point) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("context", point.context());
    map.put("full_ms", 1e3 * point.fullSeconds());
    map.put("full_spread", point.fullSpread());
    map.put("lsh_ms", 1e3 * point.hashedSeconds());
    map.put("lsh_spread", point.hashedSpread());
    map.put("speedup", point.speedup());
    map.put("candidates", point.candidates());
    map.put("mass", point.mass());
    map.put("top_64", point.top());
    return map;
  }

  /** As a table in Markdown. */
  public String table() {
    StringBuilder table = new StringBuilder("""
        | context | full, ms | ± | LSH, ms | ± | faster | candidates | mass of full attention | of its 64 largest |
        |---:|---:|---:|---:|---:|---:|---:|---:|---:|
        """);
    for (Point point : points) {
      table.append(String.format(Locale.ROOT, "| %,d | %.3f | %.0f %% | %.3f | %.0f %% | %.1fx | %,d | %.0f %% | %.0f %% |%n",
          point.context(), 1e3 * point.fullSeconds(), 100 * point.fullSpread(), 1e3 * point.hashedSeconds(), 100 * point.hashedSpread(),
          point.speedup(), point.candidates(), 100 * point.mass(), 100 * point.top()));
    }
    table.append(String.format(Locale.ROOT, "%n%s; one layer of %d heads of %d, %d hash rounds, chunks of %d, cache %s%n", backend,
        options.heads(), AttentionBenchOptions.HEAD_SIZE, options.hashes(), options.chunkLength(),
        options.cache().name().toLowerCase(Locale.ROOT)));
    return table.toString();
  }
}
