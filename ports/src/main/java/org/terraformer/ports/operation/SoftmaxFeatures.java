package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Positive features whose products approximate {@code exp(q . k)} (Choromanski et al., 2020, lemma 1). For each head, with P the
 * rows of {@link OrthogonalProjection} and m the largest {@code P_f . x}:
 * {@code y_f = (exp(P_f . x - |x|^2 / 2 - m) + 1e-4) / sqrt(features)}.
 *
 * <p>Operands: x F32 [heads * size] for each row, or in any shape of as many elements. Result: F32 [heads * features].
 *
 * @param overRows whether m is the largest of all rows of the sequence, as for keys, or of one row, as for queries
 */
public record SoftmaxFeatures(int heads, int features, boolean overRows) implements Operation {
  /** What is added to every exponential, so that no feature is zero. */
  public static final double LEAST = 1e-4;

  @Override
  public String name() {
    return "softmax_features";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    Operands.check(features > 0, "needs at least one feature but got %d", features);
    return Signature.like(x, Shape.of((long) heads * features));
  }

  @Override
  public boolean dependsOnLaterRows() {
    return overRows;
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.apply(new SoftmaxFeaturesGradient(heads, features, overRows), adjoint.operand(0), adjoint.upstream()));
    }
  }
}
