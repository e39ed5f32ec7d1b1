package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.ModuleLinear;
import org.terraformer.ports.recording.Factoring;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * A multiplicative dense layer followed by a modular one, with a single bias:
 * {@code y[s * M + o] = sum_{i,j} x[i] D[s, i] E[j, i] K[s, o, j] + b[s * M + o]}, M = width / S.
 *
 * <p>Weights: {@code gates} [S, width], {@code projection} [M, width], {@code modules} [S, M, 1, M], {@code bias} [width].
 *
 * @param modules the number of modules S, a divisor of the width
 */
public record MultiplicativeModularDense(int modules, int width) implements Layer {

  @Override
  public Value record(Recorder recorder, Value x) {
    Modules.checkDivides(modules, width, "units");
    int size = width / modules;
    Value flat = recorder.reshape(x, width);
    Value gated = recorder.apply(new Gate(), flat, recorder.vector("gates", MultiplicativeDense.GATES, modules, width));
    Value projected = recorder.apply(new Linear(false), gated, recorder.matrix("projection", size, width));
    Value weight = recorder.factored(recorder.matrix("modules", Initialization.glorotUniform(size, size), modules, size, 1, size),
        new Factoring(modules, size, 1, size, 1));
    Value y = recorder.apply(new ModuleLinear(true), projected, weight, recorder.vector("bias", width));
    return recorder.reshape(y, width);
  }
}
