package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.tensor.DType;

/**
 * {@link StraightThrough} for the chosen elements alone: x multiplied by a one that has the gradient of its probability,
 * {@code y[b] = x[b] * (1 + p[b] - stop_gradient(p[b]))} with {@code p[b] = softmax(logits[b, :])[index[b]]}. So y is x, and the logits
 * get the gradient of {@code block_softmax_at}.
 *
 * <p>Operands: x F32 [blocks]; logits F32 [blocks, choices]; index I32 [blocks]. Result: as x.
 */
public record StraightThroughAt() implements Operation {
  @Override
  public String name() {
    return "straight_through_at";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 3);
    Value x = operands.getFirst();
    Value logits = operands.get(1);
    Operands.type(x, DType.F32);
    Operands.type(logits, DType.F32);
    Operands.type(operands.get(2), DType.I32);
    Operands.sameExtent(x, logits);
    Operands.sameExtent(x, operands.get(2));
    Operands.check(logits.shape().rank() == 2, "needs blocks [blocks, choices] but got %s", logits);
    Operands.elements(x, logits.shape().axis(0));
    Operands.elements(operands.get(2), logits.shape().axis(0));
    return Signature.like(x, x.shape());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(0)) {
      adjoint.add(0, adjoint.upstream());
    }
    if (adjoint.wants(1)) {
      Value ofProbability = adjoint.apply(new Multiply(), adjoint.upstream(), adjoint.operand(0));
      adjoint.add(1, adjoint.apply(new BlockSoftmaxAtGradient(), adjoint.operand(1), adjoint.operand(2), ofProbability));
    }
  }
}
