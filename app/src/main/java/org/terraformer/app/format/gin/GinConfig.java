package org.terraformer.app.format.gin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.terraformer.ports.failure.InvalidInputException;

/** What a gin file binds: parameters of classes and functions, within scopes or everywhere, and macros. A later binding wins. */
public final class GinConfig {
  private final String origin;
  private final Map<Target, Object> bindings = new LinkedHashMap<>();
  private final Map<String, Object> macros = new LinkedHashMap<>();

  /** A parameter: modules do not count, as trax has no two classes of one name. */
  private record Target(String scope, String owner, String parameter) {}

  GinConfig(String origin) {
    this.origin = origin;
  }

  /** The file, for messages. */
  public String origin() {
    return origin;
  }

  void bind(String left, Object value) {
    String path = left.substring(left.lastIndexOf('/') + 1);
    int dot = path.lastIndexOf('.');
    if (dot < 0) {
      macros.put(left, value);
    } else {
      GinReference owner = GinReference.of(left.substring(0, left.length() - path.length() + dot));
      Target target = new Target(owner.scope(), owner.simpleName(), path.substring(dot + 1));
      bindings.remove(target);
      bindings.put(target, value);
    }
  }

  /** The simple names of all classes and functions with bindings. */
  public Set<String> owners() {
    Set<String> owners = new LinkedHashSet<>();
    bindings.keySet().forEach(target -> owners.add(target.owner));
    return owners;
  }

  /**
   * The parameters of a class or function as it is called in a scope; an inner scope's bindings win over an outer's.
   *
   * @param scope scopes with slashes between, or empty
   * @throws InvalidInputException if a value uses a macro that is not defined, or one that is made of itself
   */
  public Map<String, Object> parameters(String scope, String simpleName) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (String level : levels(scope)) {
      bindings.forEach((target, value) -> {
        if (target.scope.equals(level) && target.owner.equals(simpleName)) {
          parameters.put(target.parameter, resolve(value, new LinkedHashSet<>()));
        }
      });
    }
    return parameters;
  }

  /** Everywhere, then each scope from the outermost on. */
  private static List<String> levels(String scope) {
    List<String> levels = new ArrayList<>(List.of(""));
    for (int slash = scope.indexOf('/'); slash >= 0; slash = scope.indexOf('/', slash + 1)) {
      levels.add(scope.substring(0, slash));
    }
    if (!scope.isEmpty()) {
      levels.add(scope);
    }
    return levels;
  }

  private Object resolve(Object value, Set<String> open) {
    return switch (value) {
      case GinMacro macro -> {
        if (!macros.containsKey(macro.name())) {
          throw InvalidInputException.of("%s uses the macro %%%s, which it does not define; defined are %s.", origin, macro.name(),
              macros.isEmpty() ? "none" : String.join(", ", new TreeSet<>(macros.keySet())));
        }
        if (!open.add(macro.name())) {
          throw InvalidInputException.of("%s defines the macro %%%s by itself.", origin, macro.name());
        }
        Object resolved = resolve(macros.get(macro.name()), open);
        open.remove(macro.name());
        yield resolved;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(resolve(item, open)));
        yield items;
      }
      case Map<?, ?> map -> {
        Map<String, Object> entries = new LinkedHashMap<>();
        map.forEach((key, item) -> entries.put(key.toString(), resolve(item, open)));
        yield entries;
      }
      case null, default -> value;
    };
  }
}
