package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * The modular or locally connected dense layer: each of S equal parts of the input has weights of its own and sees {@code kernel}
 * parts, itself in the middle, wrapping around. With one module it is a plain {@link Dense}.
 *
 * <p>Weights: {@code weight} [S, units, kernel, in / S], {@code bias} [S * units].
 *
 * @param modules the number of modules S, a divisor of the input's size
 * @param units the size of one module's result
 * @param kernel the number of neighbouring modules seen, odd
 */
public record ModularDense(int modules, int units, int kernel) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Value flat = recorder.reshape(x, x.width());
    if (modules == 1) {
      return new Dense(units).record(recorder, flat);
    }
    Modules.checkDivides(modules, x.width(), "inputs");
    int size = x.width() / modules;
    // The reference's fans are those of one module and tap.
    Value weight = recorder.factored(
        recorder.matrix("weight", Initialization.glorotUniform(size, units), modules, units, kernel, size),
        new Factoring(modules, units, kernel, size, 1));
    Value bias = recorder.factored(recorder.vector("bias", (long) modules * units), new Factoring(1, modules, 1, units, 1));
    Value y = recorder.apply(new ModuleLinear(true), recorder.reshape(flat, modules, size), weight, bias);
    return recorder.reshape(y, (long) modules * units);
  }
}
