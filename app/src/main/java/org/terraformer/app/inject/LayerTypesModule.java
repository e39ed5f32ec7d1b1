package org.terraformer.app.inject;

import com.google.inject.AbstractModule;
import com.google.inject.Key;
import com.google.inject.Provider;
import com.google.inject.Singleton;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.MapBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;

/** The layer types that configurations may name, by {@link LayerType#key}; other modules may add to them. */
public final class LayerTypesModule extends AbstractModule {

  /** Bound without provider methods, which Guice would have to look for at every start. */
  @Override
  protected void configure() {
    MapBinder.newMapBinder(binder(), String.class, LayerType.class);
    Provider<Map<String, LayerType>> added = getProvider(Key.get(new TypeLiteral<>() {}));
    bind(LayerTypes.class).toProvider((Provider<LayerTypes>) () -> together(added.get())).in(Singleton.class);
  }

  private static LayerTypes together(Map<String, LayerType> added) {
    List<LayerType> all = new ArrayList<>(BuiltInLayerTypes.all());
    added.forEach((key, type) -> {
      if (!key.equals(type.key())) {
        throw InvalidInputException.of("The layer type %s is bound as %s.", type.key(), key);
      }
      all.add(type);
    });
    return new LayerTypes(all);
  }
}
