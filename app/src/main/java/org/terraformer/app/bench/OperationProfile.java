package org.terraformer.app.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.terraformer.ports.kernel.RunProfile;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;

/**
 * Where the time of a token goes, by kind of operation and shape of its matrix. Reading the clock twice for each operation is part of it.
 *
 * @param secondsPerToken the mean
 * @param kinds the kinds of operation, the longest first
 */
public record OperationProfile(double secondsPerToken, List<Kind> kinds) {

  /**
   * All operations of a kind.
   *
   * @param matrix the shape of the matrix that they read; empty without one
   * @param calls how many there are in a token
   * @param working seconds of computing
   * @param waiting seconds of waiting at barriers until other threads had computed their part
   * @param bytes bytes of weights and cache that they read
   */
  public record Kind(String operation, String matrix, int calls, double working, double waiting, long bytes) {
    double seconds() {
      return working + waiting;
    }
  }

  static OperationProfile of(RunProfile profile, Traffic traffic) {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    for (RunProfile.StepTime time : profile.steps()) {
      String operation = time.step().operation().name();
      String matrix = matrix(time.step());
      kinds.merge(operation + matrix, new Kind(operation, matrix, 1, time.working() / profile.runs(), time.waiting() / profile.runs(),
          traffic.bytes(time.step())), OperationProfile::sum);
    }
    List<Kind> sorted = new ArrayList<>(kinds.values());
    sorted.sort(Comparator.comparingDouble(Kind::seconds).reversed());
    return new OperationProfile(profile.seconds() / profile.runs(), sorted);
  }

  private static String matrix(Step step) {
    return step.operands().stream().filter(operand -> operand.kind() == Value.Kind.MATRIX)
        .max(Comparator.comparingInt(Value::width)).map(operand -> operand.shape().toString()).orElse("");
  }

  private static Kind sum(Kind a, Kind b) {
    return new Kind(a.operation, a.matrix, a.calls + b.calls, a.working + b.working, a.waiting + b.waiting, a.bytes + b.bytes);
  }

  /** Seconds of waiting at barriers. */
  double waiting() {
    return kinds.stream().mapToDouble(Kind::waiting).sum();
  }

  /** Seconds that no operation accounts for: waking the other threads, and the end of the run. */
  double dispatch() {
    return secondsPerToken - kinds.stream().mapToDouble(Kind::seconds).sum();
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("ms_per_token", 1e3 * secondsPerToken);
    map.put("barrier_ms", 1e3 * waiting());
    map.put("dispatch_ms", 1e3 * dispatch());
    map.put("operations", kinds.stream().map(kind -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("operation", kind.operation);
      one.put("matrix", kind.matrix);
      one.put("calls", kind.calls);
      one.put("ms", 1e3 * kind.seconds());
      one.put("share", kind.seconds() / secondsPerToken);
      one.put("barrier_ms", 1e3 * kind.waiting);
      one.put("bytes", kind.bytes);
      return one;
    }).toList());
    return map;
  }

  /** As a table in Markdown. */
  String table(String name, double streaming) {
    StringBuilder table = new StringBuilder();
    table.append(line("%n%s, %.3f ms per token with the clock read at every operation%n%n", name, 1e3 * secondsPerToken));
    table.append("| operation | calls | ms | share | of it at barriers | MB | GB/s | of streaming |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Kind kind : kinds) {
      double rate = kind.bytes / kind.seconds();
      table.append(line("| %s | %d | %.3f | %.1f %% | %.3f | %,.2f | %.1f | %.0f %% |%n", (kind.operation + " " + kind.matrix).strip(), kind.calls, 1e3 * kind.seconds(),
          100 * kind.seconds() / secondsPerToken, 1e3 * kind.waiting, kind.bytes / 1e6, rate / 1e9, 100 * rate / streaming));
    }
    table.append(line("| dispatch | | %.3f | %.1f %% | | | | |%n", 1e3 * dispatch(), 100 * dispatch() / secondsPerToken));
    table.append(line("%nlost at barriers and in dispatch: %.3f ms, %.1f %% of a token%n", 1e3 * (waiting() + dispatch()),
        100 * (waiting() + dispatch()) / secondsPerToken));
    return table.toString();
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
