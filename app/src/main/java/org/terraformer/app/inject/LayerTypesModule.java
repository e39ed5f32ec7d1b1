package org.terraformer.app.inject;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import java.util.Set;
import org.terraformer.domain.layer.LayerType;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;

/** The layer types that configurations may name; other modules may add to them. */
public final class LayerTypesModule extends AbstractModule {

  @Override
  protected void configure() {
    Multibinder<LayerType> types = Multibinder.newSetBinder(binder(), LayerType.class);
    BuiltInLayerTypes.all().forEach(type -> types.addBinding().toInstance(type));
  }

  @Provides
  @Singleton
  LayerTypes layerTypes(Set<LayerType> types) {
    return new LayerTypes(types);
  }
}
