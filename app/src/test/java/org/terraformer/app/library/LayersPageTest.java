package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.layer.LayerContext;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;

/** The page on layers names every type with its options, no others, and defaults that make the layers that their absence makes. */
class LayersPageTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final LayerContext CONTEXT = new LayerContext(16, 8, 64, (recorder, x) -> x);
  private static final Map<String, Object> NEEDED = Map.of("heads", 2, "hidden_size", 16, "block_size", 4, "experts", 4,
      "modules", 2, "low_rank", 4, "shape", List.of(8, 8), "widths", List.of(8, 8));
  private static final Map<String, Object> DERIVED = Map.of("heads", 2, "width / heads", 8, "hidden size / block size", 4,
      "true", true, "false", false);
  private static final Pattern NAME = Pattern.compile("`(\\w+)`");

  /** The default of each option of each type; empty if there is none. */
  private static Map<String, Map<String, String>> documented(LayerRole role) throws IOException {
    String page = Files.readString(Path.of(System.getProperty("root.dir"), "docs", "layers.md"));
    String section = page.split("\n## " + role.field() + "\n")[1].split("\n## ")[0];
    Map<String, Map<String, String>> types = new TreeMap<>();
    Map<String, String> ofAll = new LinkedHashMap<>();
    List<String> current = List.of();
    for (String line : section.lines().filter(line -> line.startsWith("|")).skip(2).toList()) {
      List<String> cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
      if (!cells.get(1).isEmpty()) {
        current = names(cells.get(1));
      }
      for (String option : names(cells.get(2))) {
        current.forEach(type -> types.computeIfAbsent(type, _ -> new LinkedHashMap<>()).put(option, cells.get(3)));
        if (current.isEmpty()) {
          ofAll.put(option, cells.get(3));
        }
      }
      current.forEach(type -> types.computeIfAbsent(type, _ -> new LinkedHashMap<>()));
    }
    types.values().forEach(options -> options.putAll(ofAll));
    return types;
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private static Layer layer(LayerRole role, String type, Map<String, Object> options) {
    return TYPES.create(role, new LayerSpec(role.field(), type, options), CONTEXT);
  }

  /** The options of a type, as its refusal of another says. */
  private static Set<String> known(LayerRole role, String type, Map<String, Object> options) {
    Map<String, Object> more = new LinkedHashMap<>(options);
    more.put("nonsense", 1);
    Throwable refusal = catchThrowable(() -> layer(role, type, more));
    assertThat(refusal).as(type).isInstanceOf(InvalidInputException.class).hasMessageContaining("nonsense is unknown");
    String[] parts = refusal.getMessage().split("; allowed are ");
    return parts.length == 1 ? Set.of() : new TreeSet<>(List.of(parts[1].replaceFirst("\\.$", "").split(", ")));
  }

  private static Optional<Object> value(String written) {
    if (DERIVED.containsKey(written)) {
      return Optional.of(DERIVED.get(written));
    }
    if (written.matches("[-\\d.e]+")) {
      return Optional.of(written.matches("\\d+") ? Integer.valueOf(written) : (Object) Double.valueOf(written));
    }
    return written.matches("[a-z]+") ? Optional.of(written) : Optional.empty();
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsThereWithItsOptions(LayerRole role) throws IOException {
    Map<String, Map<String, String>> page = documented(role);
    assertThat(page.keySet()).isEqualTo(new TreeSet<>(TYPES.names(role)));
    page.forEach((type, options) -> {
      Map<String, Object> needed = new LinkedHashMap<>(NEEDED);
      needed.keySet().retainAll(options.keySet().stream().filter(option -> options.get(option).isEmpty()).toList());
      Set<String> known = new TreeSet<>(known(role, type, needed));
      if (type.equals("pure_lsh") && role == LayerRole.ATTENTION) {
        needed.put("projections", "sparse");
        known.addAll(known(role, type, needed));
        needed.remove("projections");
      }
      assertThat(options.keySet()).as("options of %s", type).containsExactlyInAnyOrderElementsOf(known);
      assertDefaults(role, type, needed, options);
    });
  }

  private static void assertDefaults(LayerRole role, String type, Map<String, Object> needed, Map<String, String> options) {
    options.forEach((option, written) -> {
      Map<String, Object> before = new LinkedHashMap<>(needed);
      if (type.equals("pure_lsh") && List.of("modules", "kernel_scaling").contains(option)) {
        before.put("projections", "sparse");
      }
      // "none" of a number is its absence
      value(written).filter(_ -> !option.equals("output_modules")).ifPresent(value -> {
        Map<String, Object> told = new LinkedHashMap<>(before);
        told.put(option, value);
        assertThat(layer(role, type, told)).as("%s: %s = %s", type, option, value).usingRecursiveComparison()
            .isEqualTo(layer(role, type, before));
      });
    });
  }
}
