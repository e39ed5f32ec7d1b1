package org.terraformer.domain.layer;

import java.util.Locale;

/** What a layer is for in a model; types are registered under a role and a name. */
public enum LayerRole {
  NORMALIZATION,
  POSITIONS,
  ATTENTION,
  ENCODER_ATTENTION,
  /** Its types make {@link SourceLayer}s. */
  CROSS_ATTENTION,
  FEED_FORWARD,
  RECURRENCE,
  LOGITS;

  /** The role as configurations write it, as {@code feed_forward}. */
  public String field() {
    return name().toLowerCase(Locale.ROOT);
  }
}
