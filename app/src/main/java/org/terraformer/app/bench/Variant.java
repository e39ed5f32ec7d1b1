package org.terraformer.app.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.terraformer.ports.failure.InvalidInputException;

/** Which layers of a model are sparse. */
public enum Variant {
  DENSE("dense", false, false, false),
  FEED_FORWARD("ff", true, false, false),
  QKV("qkv", false, true, false),
  FEED_FORWARD_QKV("ff+qkv", true, true, false),
  FEED_FORWARD_QKV_LOGITS("ff+qkv+logits", true, true, true);

  private final String label;
  private final boolean sparseFeedForward;
  private final boolean sparseQkv;
  private final boolean sparseLogits;

  Variant(String label, boolean sparseFeedForward, boolean sparseQkv, boolean sparseLogits) {
    this.label = label;
    this.sparseFeedForward = sparseFeedForward;
    this.sparseQkv = sparseQkv;
    this.sparseLogits = sparseLogits;
  }

  /** The name in tables and options, as {@code ff+qkv}. */
  public String label() {
    return label;
  }

  public boolean sparseFeedForward() {
    return sparseFeedForward;
  }

  public boolean sparseQkv() {
    return sparseQkv;
  }

  public boolean sparseLogits() {
    return sparseLogits;
  }

  /**
   * Variants from their names.
   *
   * @throws InvalidInputException naming an unknown one
   */
  public static List<Variant> parse(List<String> names) {
    return names.stream().map(Variant::of).distinct().toList();
  }

  private static Variant of(String name) {
    return Arrays.stream(values()).filter(variant -> variant.label.equals(name)).findFirst().orElseThrow(() ->
        InvalidInputException.of("The variant is %s but must be one of %s.", name,
            Arrays.stream(values()).map(Variant::label).collect(Collectors.joining(", "))));
  }
}
