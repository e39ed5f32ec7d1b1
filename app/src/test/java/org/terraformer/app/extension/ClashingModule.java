package org.terraformer.app.extension;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import org.terraformer.cpu.scalar.ScalarKernelFactory;

/** An extension that brings a kernel for an operation of the library's own. */
public final class ClashingModule extends AbstractModule {

  @Override
  protected void configure() {
    MapBinder.newMapBinder(binder(), String.class, ScalarKernelFactory.class).addBinding("linear").toInstance(step -> null);
  }
}
