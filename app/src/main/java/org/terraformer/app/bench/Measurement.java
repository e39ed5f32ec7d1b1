package org.terraformer.app.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What decoding with one variant took.
 *
 * @param secondsPerToken the median
 * @param spread the range of the middle half of the timings, as a part of the median
 * @param secondsPerBlock the median without embedding and logits, by the number of blocks; 0 without blocks
 * @param bytesPerToken bytes of weights that a token reads
 * @param streaming bytes per second of a plain streaming read in the same run
 * @param speedup how many times faster than dense; NaN where dense was not measured
 * @param speedupLimit how many times fewer bytes than dense; NaN likewise
 * @param blockSpeedup as speedup, of a block
 */
public record Measurement(String name, String dtype, long parameters, double secondsPerToken, double spread, double secondsPerBlock,
    long bytesPerToken, double streaming, double speedup, double speedupLimit, double blockSpeedup) {

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

  /** For scripts; times in milliseconds, rates in 10^9 bytes per second. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("dtype", dtype);
    map.put("parameters", parameters);
    map.put("ms_per_token", 1e3 * secondsPerToken);
    map.put("spread", spread);
    map.put("ms_per_block", 1e3 * secondsPerBlock);
    map.put("tokens_per_s", tokensPerSecond());
    map.put("bytes_per_token", bytesPerToken);
    map.put("gbps", bandwidth() / 1e9);
    map.put("bandwidth_fraction", bandwidthFraction());
    map.put("speedup", finite(speedup));
    map.put("speedup_limit", finite(speedupLimit));
    map.put("block_speedup", finite(blockSpeedup));
    return map;
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
