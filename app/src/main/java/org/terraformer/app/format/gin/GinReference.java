package org.terraformer.app.format.gin;

/**
 * A class or function that a gin file names: {@code @scope/module.name} or {@code @scope/module.name()}.
 *
 * @param scope the scope it is called in, empty if in none
 * @param name its name, with its module as far as it is given
 */
public record GinReference(String scope, String name) {

  /** Reads {@code scope/module.name}. */
  public static GinReference of(String text) {
    int slash = text.lastIndexOf('/');
    return new GinReference(text.substring(0, Math.max(0, slash)), text.substring(slash + 1));
  }

  /** The name without its module. */
  public String simpleName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  @Override
  public String toString() {
    return "@" + (scope.isEmpty() ? "" : scope + "/") + name;
  }
}
