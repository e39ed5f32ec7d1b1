package org.terraformer.domain.training;

import java.util.Map;
import java.util.OptionalInt;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.config.Options;

/** Texts, of which every token is to be predicted. */
public record TextTask() implements DataSource {
  static final String TYPE = "text";

  static TextTask of(Options options) {
    options.finish();
    return new TextTask();
  }

  @Override
  public OptionalInt length(ModelConfig model) {
    return OptionalInt.empty();
  }

  @Override
  public boolean needsTexts() {
    return true;
  }

  @Override
  public Map<String, Object> toMap() {
    return Map.of("type", TYPE);
  }
}
