package org.terraformer.app.trax;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.terraformer.app.format.gin.GinReference;
import org.terraformer.ports.failure.InvalidInputException;

/** The arguments of trax's {@code PureLSHSelfAttentionWrapper} with those of the class that it leaves attention itself to. */
final class TraxPureLsh {
  static final String WRAPPER = "PureLSHSelfAttentionWrapper";
  private static final String IMPLEMENTATION = "pure_lsh_implementation";

  private static final String PURE = "PureLSHSelfAttention";
  private static final String MIXED = "MixedLSHSelfAttention";
  static final int DEFAULT_SPARSITY = 16;
  static final String STANDARD_LENGTH = "std_length";
  private static final Set<String> HASHING = Set.of("chunk_len", "n_chunks_before", "n_chunks_after", "n_hashes", "n_buckets");
  private static final Map<String, Set<String>> IMPLEMENTATIONS =
      Map.of(PURE, HASHING, MIXED, joined(HASHING, STANDARD_LENGTH));

  /** Parameters that the class has, but that the wrapper always gives it or that it never uses. */
  private static final Set<String> IN_VAIN = Set.of("n_heads", "d_qk", "d_v", "causal", "masked", "bias", "share_qk");

  private TraxPureLsh() {}

  /**
   * What the wrapper hands on, and where it is silent what the class itself was bound to.
   *
   * @param arguments the wrapper's; the class is its name, or a map with {@code partial}, the name, and {@code kwargs}
   * @throws InvalidInputException if the class or one of its arguments is unknown
   */
  static Map<String, Object> joined(Map<String, Object> arguments) {
    Map<String, Object> joined = new LinkedHashMap<>(arguments);
    Object given = joined.remove(IMPLEMENTATION);
    Object named = given instanceof Map<?, ?> partial ? partial.get("partial") : given;
    String name = named == null ? PURE : GinReference.of(named.toString().replaceFirst("^@", "")).simpleName();
    Set<String> known = IMPLEMENTATIONS.get(name);
    if (known == null) {
      throw TraxConfiguration.wrong(IMPLEMENTATION, name, "one of " + String.join(", ", new TreeSet<>(IMPLEMENTATIONS.keySet())));
    }
    if (given instanceof Map<?, ?> partial && partial.get("kwargs") instanceof Map<?, ?> own) {
      own.forEach((argument, value) -> {
        if (known.contains(argument)) {
          if (!joined.containsKey(argument)) { // a None of the wrapper's own wins too
            joined.put(argument.toString(), value);
          }
        } else if (!IN_VAIN.contains(argument)) {
          TraxAttention.requireWithoutMeaning(name, argument.toString(), known);
        }
      });
    }
    if (joined.containsKey(STANDARD_LENGTH) && !known.contains(STANDARD_LENGTH)) {
      throw InvalidInputException.of("The trax argument %s of %s is for the %s %s, not for %s.", STANDARD_LENGTH, WRAPPER,
          IMPLEMENTATION, MIXED, name);
    }
    return joined;
  }

  private static Set<String> joined(Set<String> names, String another) {
    Set<String> all = new TreeSet<>(names);
    all.add(another);
    return Set.copyOf(all);
  }
}
