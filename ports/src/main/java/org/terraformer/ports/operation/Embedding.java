package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.gradient.EmbeddingGradient;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Rows of a table: y = table[clip(id, 0, rows - 1)].
 *
 * <p>Operands: ids I32 [...]; table matrix [rows, width]. Result: F32 [..., width].
 */
public record Embedding() implements Operation {
  @Override
  public String name() {
    return "embedding";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 2);
    Value ids = operands.getFirst();
    Value table = operands.get(1);
    Operands.type(ids, DType.I32);
    Operands.kind(table, Value.Kind.MATRIX);
    Operands.check(table.shape().rank() == 2 && table.shape().axis(0) > 0, "needs a table [rows, width] but got %s", table);
    return Signature.like(ids, ids.shape().append(table.shape().columns()));
  }

  @Override
  public Shape readForOneRow(Value weight) {
    return Shape.of(1, weight.shape().columns());
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    if (adjoint.wants(1)) {
      adjoint.add(1, adjoint.apply(new EmbeddingGradient(adjoint.operand(1).shape().axis(0)), adjoint.operand(0), adjoint.upstream()));
    }
  }
}
