package org.example.banded;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.domain.layer.LayerType;

/** What this extension adds. */
public final class BandedModule extends AbstractModule {

  @Override
  protected void configure() {
    MapBinder<String, LayerType> layers = MapBinder.newMapBinder(binder(), String.class, LayerType.class);
    layers.addBinding(GroupSparseFeedForward.TYPE.key()).toInstance(GroupSparseFeedForward.TYPE);
    layers.addBinding(BandedFeedForward.TYPE.key()).toInstance(BandedFeedForward.TYPE);
    MapBinder<String, ScalarKernelFactory> plain = MapBinder.newMapBinder(binder(), String.class, ScalarKernelFactory.class);
    plain.addBinding(BandedLinear.NAME).toInstance(BandedLinearReference::new);
    plain.addBinding(BandedTransposed.NAME).toInstance(BandedTransposed.KERNEL);
    plain.addBinding(BandedWeightGradient.NAME).toInstance(BandedWeightGradient.KERNEL);
    MapBinder.newMapBinder(binder(), String.class, CpuKernelFactory.class)
        .addBinding(BandedLinear.NAME).toInstance((step, operands, result, site) -> new BandedLinearKernel(step, operands, result));
  }
}
