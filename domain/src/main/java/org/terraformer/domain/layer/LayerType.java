package org.terraformer.domain.layer;

import org.terraformer.domain.config.Options;

/** A kind of layer that a configuration can name. Adding one is: a class, and its registration. */
public interface LayerType {

  LayerRole role();

  /** The name in configurations, as {@code sparse}. */
  String name();

  /** The key under which it is registered, as {@code feed_forward.sparse}. */
  default String key() {
    return role().field() + "." + name();
  }

  /**
   * Makes a layer from its options, reading each by name.
   *
   * @throws org.terraformer.ports.failure.InvalidInputException naming a wrong option, its value and what is allowed
   */
  Layer create(Options options, LayerContext context);

  /** Makes a layer from its options. */
  @FunctionalInterface
  interface Factory {
    Layer create(Options options, LayerContext context);
  }

  /** A type that delegates to a function. */
  static LayerType of(LayerRole role, String name, Factory factory) {
    return new LayerType() {
      @Override
      public LayerRole role() {
        return role;
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public Layer create(Options options, LayerContext context) {
        return factory.create(options, context);
      }

      @Override
      public String toString() {
        return key();
      }
    };
  }
}
