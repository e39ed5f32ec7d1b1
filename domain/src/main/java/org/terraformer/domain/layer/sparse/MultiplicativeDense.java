package org.terraformer.domain.layer.sparse;

import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.GatedRows;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.recording.Recorder;

/**
 * The multiplicative dense layer of the paper (section 3.2): S gates on the input share one small projection;
 * {@code y[s * M + m] = sum_i x[i] D[s, i] E[m, i] + b[s * M + m]} with M = units / S. It can represent any permutation of its
 * inputs.
 *
 * <p>Weights: {@code gates} [S, in], {@code projection} [M, in], {@code bias} [units].
 *
 * @param modules the paper's S, a divisor of the units
 */
public record MultiplicativeDense(int modules, int units, boolean biased) implements Layer {
  static final Initialization GATES = new Initialization.Normal(0.5);

  public MultiplicativeDense(int modules, int units) {
    this(modules, units, true);
  }

  @Override
  public Value record(Recorder recorder, Value x) {
    Modules.checkDivides(modules, units, "units");
    Value flat = recorder.reshape(x, x.width());
    Value gates = recorder.vector("gates", GATES, modules, x.width());
    Value projection = recorder.matrix("projection", units / modules, x.width());
    // Training has many vectors for each step of the weights: then it pays to multiply the projection by the gates, and not each vector.
    boolean training = recorder.chance().isPresent();
    Value input = training ? flat : recorder.apply(new Gate(), flat, gates);
    Value weight = training ? recorder.apply(new GatedRows(), gates, projection) : projection;
    Value y = biased
        ? recorder.apply(new Linear(true), input, weight, recorder.vector("bias", units))
        : recorder.apply(new Linear(false), input, weight);
    return recorder.reshape(y, units);
  }
}
