package org.terraformer.app.library;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Program;

/**
 * The backend that {@code auto} stands for: the one on which {@code bench} found a model of this shape and type fastest; without a finding the
 * one that is taken where none is named.
 *
 * @param reason the choice and why, in a sentence
 */
record AutomaticChoice(Backend backend, String reason) {

  static AutomaticChoice withoutModel(CompositionRoot root) {
    Backend fastest = root.fastest();
    return new AutomaticChoice(fastest, "auto takes the backend %s, as where none is named: what bench found counts where a model generates"
        .formatted(fastest.name()));
  }

  static AutomaticChoice of(CompositionRoot root, BenchFindings findings, Program program, WeightSource weights) {
    Map<String, Double> measured = findings.of(program, weights, root.backends());
    if (measured.isEmpty()) {
      return new AutomaticChoice(root.fastest(),
          "auto takes the backend %s, as bench has measured no model of this shape here".formatted(root.fastest().name()));
    }
    Map.Entry<String, Double> fastest = measured.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
    String times = measured.entrySet().stream().sorted(Map.Entry.comparingByValue())
        .map(entry -> String.format(Locale.ROOT, "%.2f ms on %s", entry.getValue(), entry.getKey())).collect(Collectors.joining(", "));
    return new AutomaticChoice(root.backend(fastest.getKey()),
        "auto takes the backend %s: bench measured for a token of a model of this shape %s".formatted(fastest.getKey(), times));
  }
}
