package org.terraformer.app.golden;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The golden cases that no test runs, by name, with what they wait for: at present none. */
final class LeftOut {
  private static final Map<String, List<String>> BY_REASON = Map.of();

  private LeftOut() {}

  static Set<String> names() {
    return BY_REASON.values().stream().flatMap(List::stream).collect(Collectors.toSet());
  }

  static Optional<String> reason(String name) {
    return BY_REASON.entrySet().stream().filter(entry -> entry.getValue().contains(name)).map(Map.Entry::getKey).findFirst();
  }
}
