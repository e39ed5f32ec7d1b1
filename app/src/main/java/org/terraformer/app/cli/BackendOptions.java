package org.terraformer.app.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.terraformer.app.library.Settings;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** On what a model decodes. */
final class BackendOptions {
  @Mixin
  private ComputeOptions compute;

  @Option(names = "--cache", paramLabel = "TYPE", description = "Type of cached keys and values: f32 or bf16.")
  private String cache;

  /** The settings, changed where an option was given. */
  Settings apply(Settings configured) {
    Settings settings = compute.apply(configured);
    return cache == null ? settings : settings.withCache(type("--cache", cache, DType.F32, DType.BF16));
  }

  /** A type of weights as options write it. */
  static DType type(String option, String value) {
    return type(option, value, DType.F32, DType.F16, DType.BF16, DType.Q8);
  }

  private static DType type(String option, String value, DType... allowed) {
    List<String> names = new ArrayList<>();
    for (DType type : allowed) {
      if (type.name().equals(value.toUpperCase(Locale.ROOT))) {
        return type;
      }
      names.add(type.name().toLowerCase(Locale.ROOT));
    }
    throw InvalidInputException.of("%s is %s but must be one of %s.", option, value, String.join(", ", names));
  }
}
