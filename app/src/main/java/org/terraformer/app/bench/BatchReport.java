package org.terraformer.app.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Throughput of decoding several sequences together.
 *
 * @param throughput tokens per second of all sequences, by variant and by number of sequences, in order
 */
public record BatchReport(String backend, Map<String, Map<Integer, Double>> throughput) {

  /** As a table in Markdown, one line for each variant, and where sparse decoding stops paying. */
  public String table() {
    List<Integer> batches = List.copyOf(throughput.values().iterator().next().keySet());
    StringBuilder table = new StringBuilder("| tokens/s (times dense) |");
    batches.forEach(batch -> table.append(" B = ").append(batch).append(" |"));
    table.append("\n|---|").append("---:|".repeat(batches.size())).append('\n');
    throughput.forEach((name, rates) -> {
      table.append("| ").append(name).append(" |");
      rates.forEach((batch, rate) -> table.append(String.format(Locale.ROOT, " %.1f%s |", rate, timesDense(name, batch))));
      table.append('\n');
    });
    table.append('\n').append(backend).append('\n');
    for (String name : throughput.keySet()) {
      if (compared(name)) {
        table.append(sentence(name, batches)).append('\n');
      }
    }
    return table.toString();
  }

  private boolean compared(String name) {
    return throughput.containsKey(Variant.DENSE.label()) && !name.equals(Variant.DENSE.label());
  }

  private String timesDense(String name, int batch) {
    return compared(name) ? String.format(Locale.ROOT, " (%.1fx)", ratio(name, batch)) : "";
  }

  private double ratio(String name, int batch) {
    return throughput.get(name).get(batch) / throughput.get(Variant.DENSE.label()).get(batch);
  }

  /** The first of the measured numbers of sequences at which a variant is no faster than dense. */
  OptionalInt stopsPaying(String name) {
    return throughput.get(name).keySet().stream().mapToInt(Integer::intValue).sorted().filter(batch -> ratio(name, batch) <= 1)
        .findFirst();
  }

  private String sentence(String name, List<Integer> batches) {
    OptionalInt stop = stopsPaying(name);
    return stop.isPresent() ? "%s stops paying at B = %d.".formatted(name, stop.getAsInt())
        : "%s pays at every B that was measured, up to %d.".formatted(name, batches.stream().max(Integer::compare).orElseThrow());
  }

  /** For scripts. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("backend", backend);
    List<Object> variants = new ArrayList<>();
    throughput.forEach((name, rates) -> {
      List<Object> points = new ArrayList<>();
      rates.forEach((batch, rate) -> {
        Map<String, Object> point = new LinkedHashMap<>();
        point.put("batch", batch);
        point.put("tokens_per_s", rate);
        point.put("times_dense", compared(name) ? ratio(name, batch) : null);
        points.add(point);
      });
      variants.add(Map.of("name", name, "points", points));
    });
    map.put("variants", variants);
    return map;
  }
}
