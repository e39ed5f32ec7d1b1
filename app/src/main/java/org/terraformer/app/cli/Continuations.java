package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.Sample;

/**
 * Prints what was generated: as text or ids, one continuation a line, or as one JSON object.
 *
 * @param asText whether continuations are printed as text, not as ids
 * @param json whether one JSON object is printed
 */
record Continuations(PrintWriter out, boolean asText, boolean json) {

  /** Prints a piece of the only continuation as it comes; says whether anybody still reads. */
  boolean stream(int id, String piece, boolean first) {
    out.print(asText ? piece : id < 0 ? "" : first ? "" + id : " " + id);
    out.flush();
    return !out.checkError();
  }

  void endStream() {
    out.println();
    out.flush();
  }

  void print(List<Sample> samples, Map<String, Object> figures) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Sample sample : samples) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("text", sample.text());
      map.put("ids", sample.ids());
      if (!sample.logProbabilities().isEmpty()) {
        map.put("log_probabilities", sample.logProbabilities());
      }
      map.put("finish_reason", name(sample.reason()));
      list.add(map);
      if (!json) {
        out.println(asText ? sample.text() : joined(sample.ids()));
      }
    }
    finish("samples", list, figures);
  }

  void print(List<BeamSearch.Beam> beams, Function<int[], String> decode, Map<String, Object> figures) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (BeamSearch.Beam beam : beams) {
      String text = decode.apply(beam.ids().stream().mapToInt(Integer::intValue).toArray());
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("text", text);
      map.put("ids", beam.ids());
      map.put("score", beam.score());
      map.put("finish_reason", name(beam.reason()));
      list.add(map);
      if (!json) {
        out.println(asText ? text : joined(beam.ids()));
      }
    }
    finish("beams", list, figures);
  }

  private void finish(String name, List<Map<String, Object>> list, Map<String, Object> figures) {
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put(name, list);
      all.putAll(figures);
      out.println(Json.write(all));
    }
    out.flush();
  }

  private static String name(Sample.FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static String joined(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
