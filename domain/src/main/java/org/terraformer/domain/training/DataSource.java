package org.terraformer.domain.training;

import java.util.Map;
import java.util.OptionalInt;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;

/** Where a training's examples come from, as its configuration says. */
public sealed interface DataSource permits TextTask, CopyTask, PairTask, SpanTask {

  static DataSource of(LayerSpec spec) {
    return switch (spec.type()) {
      case TextTask.TYPE -> TextTask.of(spec.read());
      case CopyTask.TYPE -> CopyTask.of(spec.read());
      case PairTask.TYPE -> PairTask.of(spec.read());
      case SpanTask.TYPE -> SpanTask.of(spec.read());
      default -> throw InvalidInputException.of("The data %s are unknown; known are %s, %s, %s, %s.", spec.type(), TextTask.TYPE,
          CopyTask.TYPE, PairTask.TYPE, SpanTask.TYPE);
    };
  }

  /** Rows of the longest sequence of a model, where the source of the examples says it. */
  OptionalInt length(ModelConfig model);

  /** Whether files with texts belong to it. */
  boolean needsTexts();

  /**
   * Tokens of the text that an example is made of.
   *
   * @param length of a sequence
   */
  default int window(int length) {
    return length;
  }

  /** Ids that it needs beside those of the tokenizer. */
  default int extraIds() {
    return 0;
  }

  /**
   * Checks that a model can be trained on the examples.
   *
   * @throws InvalidInputException if ids have two meanings
   */
  default void check(ModelConfig model) {}

  /** The source as a configuration holds it. */
  Map<String, Object> toMap();
}
