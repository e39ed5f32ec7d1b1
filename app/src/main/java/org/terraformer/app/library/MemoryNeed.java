package org.terraformer.app.library;

import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.MemoryForecast;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

/**
 * The resident memory that generating with a {@link LanguageModel} takes, in bytes. First the encoder, if there is one, has its
 * memory, then the decoder; what the encoder made of the source stays until the end.
 *
 * @param weights all of them, mapped
 * @param encoder activations of the encoder, and the weights that a backend copies
 * @param source what the encoder gives
 * @param decoder caches and activations of the decoder, and the weights that a backend copies
 */
public record MemoryNeed(long weights, long encoder, long source, long decoder) {
  /** The virtual machine with classes and compiled code, and the part of its heap that fills before it is collected. */
  private static final long PROCESS = 240_000_000;

  /**
   * @param bytes of all weights
   * @param read tokens of the source; of no meaning for a model that reads none
   * @param context positions of the decoder
   * @param cache the type of its cache
   */
  public static MemoryNeed of(ModelConfig config, LayerTypes types, MemoryForecast backend, WeightSource weights, long bytes,
      int read, int context, DType cache) {
    if (config.architecture().encoder().isEmpty()) {
      return new MemoryNeed(bytes, 0, 0, decoderBytes(backend, Models.record(config, types), weights, context, cache));
    }
    SourceModel model = SourceModel.of(config, types);
    Program encoder = model.encoder();
    long source = encoder.outputs().values().stream().mapToLong(Value::width).sum() * Float.BYTES * read;
    int positions = context + (config.architecture() instanceof Architecture.Terraformer ? read : 0);
    return new MemoryNeed(bytes, backend.executableBytes(encoder, weights, new ExecutionLimits(1, read, read, cache)), source,
        decoderBytes(backend, model.decoder(read), weights, positions, cache));
  }

  private static long decoderBytes(MemoryForecast backend, Program decoder, WeightSource weights, int positions, DType cache) {
    return backend.executableBytes(decoder, weights, DecodingSession.limits(decoder, 1, positions, cache));
  }

  /** The most at once. */
  public long total() {
    return PROCESS + weights + source + executable();
  }

  /** The larger of the two executables: of a distant backend, what it needs over there. */
  public long executable() {
    return Math.max(encoder, decoder);
  }

  /** For scripts. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("weights", weights);
    map.put("encoder", encoder);
    map.put("source", source);
    map.put("decoder", decoder);
    map.put("process", PROCESS);
    map.put("total", total());
    return map;
  }
}
