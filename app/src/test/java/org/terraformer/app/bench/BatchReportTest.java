package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchReportTest {
  private final Map<String, Map<Integer, Double>> throughput = new LinkedHashMap<>();

  @Test
  void theTableShowsThroughputAndWhereSparseStopsPaying() {
    throughput.put("dense", rates(10, 38));
    throughput.put("ff", rates(25, 19));
    assertThat(new BatchReport("somewhere", throughput).table()).isEqualTo("""
        | tokens/s (times dense) | B = 1 | B = 4 |
        |---|---:|---:|
        | dense | 10.0 | 38.0 |
        | ff | 25.0 (2.5x) | 19.0 (0.5x) |

        somewhere
        ff stops paying at B = 4.
        """);
  }

  @Test
  void whatAlwaysPaysIsSaidWithTheLargestNumber() {
    throughput.put("dense", rates(10, 38));
    throughput.put("ff", rates(25, 39));
    BatchReport report = new BatchReport("somewhere", throughput);
    assertThat(report.stopsPaying("ff")).isEmpty();
    assertThat(report.table()).endsWith("ff pays at every B that was measured, up to 4.\n");
  }

  private static Map<Integer, Double> rates(double one, double four) {
    Map<Integer, Double> rates = new LinkedHashMap<>();
    rates.put(1, one);
    rates.put(4, four);
    return rates;
  }
}
