package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Dense;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * The locally convolutional dense layer of the paper (section 3.2): the input is split in S modules, and one convolution runs
 * over time (causal, {@code length} steps) and over modules ({@code kernel} of them, zero outside). With one module it is a plain
 * {@link Dense}.
 *
 * <p>Weights: {@code weight} [units, length, kernel, in / S], {@code bias} [units], shared by the modules.
 *
 * @param modules the paper's S, a divisor of the input's size
 * @param units the size of one module's result
 * @param kernel the number of neighbouring modules seen, odd
 * @param length the number of time steps seen, the present one included
 * @param kernelScaling whether the weights begin smaller by the square root of the number of vectors that a result sums up,
 *     {@code kernel * length}, which the reference leaves out of account
 */
public record ConvolutionalDense(int modules, int units, int kernel, int length, boolean kernelScaling) implements Layer {

  /** One that begins as the reference's. */
  public ConvolutionalDense(int modules, int units, int kernel, int length) {
    this(modules, units, kernel, length, false);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Value flat = recorder.reshape(x, x.width());
    if (modules == 1) {
      return new Dense(units).record(recorder, flat);
    }
    Modules.checkDivides(modules, x.width(), "inputs");
    return recordModules(recorder, flat);
  }

  /** Records the convolution also for one module, which is then one over time alone. */
  Value recordModules(Recorder recorder, Value flat) {
    int size = flat.width() / modules;
    // The reference's fans are the channels alone, whatever the size of the kernel.
    double vectors = kernelScaling ? (double) kernel * length : 1;
    Value weight = recorder.factored(
        recorder.matrix("weight", Initialization.glorotNormal(size * vectors, units * vectors), units, length, kernel, size),
        new Factoring(1, units, length * kernel, size, 1));
    Value bias = recorder.vector("bias", units);
    Value history = recorder.slotState("history", length - 1, modules, size);
    Value y = recorder.apply(new ModuleConvolution(true),
        recorder.reshape(flat, modules, size), weight, recorder.startPositions(), history, bias);
    return recorder.reshape(y, (long) modules * units);
  }
}
