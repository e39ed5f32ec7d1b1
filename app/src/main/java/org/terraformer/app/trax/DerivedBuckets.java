package org.terraformer.app.trax;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.attention.LshAttentionCore;

/**
 * What is to be said of hashing attention without a number of buckets. trax takes as many as the text at hand needs, a model here as
 * many as the longest, so that shorter texts fall into more buckets here than they did in their training.
 */
public final class DerivedBuckets {
  private static final Set<String> HASHING = Set.of("lsh", "pure_lsh");

  private DerivedBuckets() {}

  /** A sentence for each layer of the model that names no buckets; layers with the same one share it. */
  public static List<String> notes(ModelConfig config) {
    Stream<LayerSpec> ofEncoder = config.architecture().encoder().stream().flatMap(encoder -> encoder.attention().stream());
    return Stream.concat(ofEncoder, config.attention().stream())
        .map(layer -> note(layer, config.maxLength())).flatMap(Optional::stream).distinct().toList();
  }

  private static Optional<String> note(LayerSpec layer, int maxLength) {
    if (!HASHING.contains(layer.type()) || layer.options().containsKey("buckets")) {
      return Optional.empty();
    }
    int chunkLength = LshAttentionCore.chunkLength(layer.read());
    List<Integer> factors = LshAttentionCore.factors(maxLength, chunkLength);
    String product = factors.size() == 1 ? ""
        : factors.stream().map(String::valueOf).collect(Collectors.joining(" x ", " (", ")"));
    return Optional.of(("n_buckets of %s is not given, from which trax takes 2 * (length / %d) buckets for each text; "
        + "here they are always %,d%s, as for max_length = %,d. The option buckets of that layer in config.json sets the number "
        + "for the lengths of the training.").formatted(
        layer.path(), chunkLength, factors.stream().reduce(1, Math::multiplyExact), product, maxLength));
  }
}
