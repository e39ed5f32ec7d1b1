package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Adjoint;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Locality-sensitive hashing by random rotations (Andoni et al., 2015; Kitaev et al., "Reformer", 2020, section 2): for each head
 * and hash round a vector x falls into the bucket {@code argmax [x R; -x R]}, so that vectors at a small angle often share one.
 * Several factors give as many digits, each from columns of R of its own: {@code bucket = sum_i argmax_i prod_{j<i} factor_j}. A
 * hidden row falls into one more bucket, the last.
 *
 * <p>Operands: x F32 [heads * size] for each row, or in any shape of as many elements; if drawn, rotations F32 [heads, size,
 * hashes, columns], one for the run or for each sequence; if masked, mask I32 scalar for each row. Result: I32 [heads, hashes].
 *
 * @param factors the numbers of buckets, each even, whose product is the number of all
 * @param masked whether rows can be hidden
 * @param drawn whether the rotations are an operand; else they are {@link #rotation}, always the same
 * @param seed what the same rotations follow from
 */
public record LshBuckets(int heads, int hashes, List<Integer> factors, boolean masked, boolean drawn, int seed) implements Operation {
  public LshBuckets {
    factors = List.copyOf(factors);
  }

  /** Columns of the rotation of one head and hash round. */
  public int columns() {
    return factors.stream().mapToInt(Integer::intValue).sum() / 2;
  }

  /** The number of buckets of a round, without that of hidden rows. */
  public int buckets() {
    return factors.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * The element {@code index} of rotations [heads, size, hashes, columns] that are not drawn: normal, by the rule of Box and
   * Muller.
   */
  public float rotation(long index) {
    Uniform numbers = new Uniform(0, Extent.FIXED, List.of(), 0, 1);
    return (float) Gaussian.of(numbers.at(seed, 2 * index), numbers.at(seed, 2 * index + 1));
  }

  @Override
  public String name() {
    return "lsh_buckets";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1 + (drawn ? 1 : 0) + (masked ? 1 : 0));
    Value x = operands.getFirst();
    Operands.type(x, DType.F32);
    Operands.check(x.extent() == Extent.ROW, "needs %s to have an item for each row", x);
    Operands.check(heads > 0 && x.shape().elements() % heads == 0, "needs %s to divide into %d heads", x, heads);
    Operands.check(hashes > 0 && !factors.isEmpty() && factors.stream().allMatch(factor -> factor > 0 && factor % 2 == 0),
        "needs at least one hash round and even numbers of buckets but got %s", this);
    if (drawn) {
      Value rotations = operands.get(1);
      Operands.type(rotations, DType.F32);
      Operands.check(rotations.extent() == Extent.FIXED || rotations.extent() == Extent.SEQUENCE,
          "needs %s to be one for the run or for each sequence", rotations);
      Operands.elements(rotations, x.shape().elements() * hashes * columns());
    }
    if (masked) {
      AttentionOperands.mask(operands.getLast());
    }
    return new Signature(DType.I32, Extent.ROW, Shape.of(heads, hashes));
  }

  @Override
  public void differentiate(Adjoint adjoint) {
    // Buckets are whole numbers.
  }
}
