package org.terraformer.app.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.bench.BenchOptions;
import org.terraformer.app.bench.BenchReport;
import org.terraformer.app.bench.Contender;
import org.terraformer.app.bench.DecodeBench;
import org.terraformer.app.bench.Measurement;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;

/**
 * What decoding took with the models of the rows, which took turns in one run. What a token takes depends on the sizes of a
 * model, not on its weights, so that these are random.
 *
 * @param backend that ran them, or nothing
 */
record DecodeFigures(String backend, Map<String, Figure> rows) {
  static final DecodeFigures NONE = new DecodeFigures("", Map.of());

  private static final int PROMPT = 16;
  private static final int WARM_UP = 4;
  private static final int SETTLE_SECONDS = 3;
  private static final int TURN = 5;

  /**
   * What decoding took with one model.
   *
   * @param spread the range of the middle half of the timings, as a part of the median
   * @param bytes of weights that a token reads
   */
  record Figure(long parameters, double milliseconds, double spread, long bytes) {}

  DecodeFigures {
    rows = Map.copyOf(rows);
  }

  /** Measures all rows. */
  static DecodeFigures measure(ParityPlan plan, int tokens, Backend backend, LayerTypes types, ProgressListener progress) {
    BenchOptions options = new BenchOptions(DType.F32, 0, 0, PROMPT, WARM_UP, SETTLE_SECONDS, tokens, TURN, 0, DType.F32, false);
    List<Contender> contenders = plan.rows().stream()
        .map(row -> new Contender(row.name(), row.config().model(), DType.F32, Optional.empty())).toList();
    BenchReport report = new DecodeBench(backend, types, options).run(contenders, progress);
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (Measurement one : report.measurements()) {
      figures.put(one.name(), new Figure(one.parameters(), 1e3 * one.secondsPerToken(), one.spread(), one.bytesPerToken()));
    }
    return new DecodeFigures(backend.description(), figures);
  }

  /** What was measured with a row's model as it is now. */
  Optional<Figure> of(ParityRow row) {
    return Optional.ofNullable(rows.get(row.name())).filter(figure -> figure.parameters() == row.parameters());
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("backend", backend);
    Map<String, Object> figures = new LinkedHashMap<>();
    rows.keySet().stream().sorted().forEach(name -> {
      Figure figure = rows.get(name);
      figures.put(name, Map.of("parameters", figure.parameters, "ms_per_token", figure.milliseconds, "spread", figure.spread,
          "bytes_per_token", figure.bytes));
    });
    map.put("rows", figures);
    return map;
  }

  static DecodeFigures fromMap(Map<String, Object> map) {
    Options options = new Options("", map);
    Map<String, Figure> figures = new LinkedHashMap<>();
    Options rows = options.object("rows");
    for (String name : options.map("rows").keySet()) {
      Options row = rows.object(name);
      figures.put(name, new Figure((long) row.number("parameters", 0, 1e15, 0), row.number("ms_per_token", 0, 1e9, 0),
          row.number("spread", 0, 1e9, 0), (long) row.number("bytes_per_token", 0, 1e15, 0)));
    }
    return new DecodeFigures(options.text("backend", ""), figures);
  }
}
