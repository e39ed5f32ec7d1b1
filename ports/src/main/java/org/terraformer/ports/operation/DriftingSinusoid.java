package org.terraformer.ports.operation;

import java.util.List;
import org.terraformer.ports.kernel.Operands;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * Fixed position features that never recur: sinusoids whose phases wander as the position grows. With n = (width + 1) / 2 rounded down
 * and p the position, elements 2i and 2i + 1 are cos(2 pi c_i) and cos(2 pi (c_i + 1/4)), where
 *
 * <ul>
 *   <li>{@code c_i = f_i p + sqrt(3 drift) / 4 * sum_{t <= p} u(t, i)} is the phase in cycles;
 *   <li>{@code f_i = 0.5 d^(2i / (n - 1))} is the frequency, 0.5 if n is 1, with d = drift, to the power of n / (width - n) if width is
 *       above 2;
 *   <li>{@code u(t, i)} is the step of the walk, from 0 to a little above 2: the first word of {@link Threefry} for the key
 *       {@link #FIRST_KEY}, {@link #SECOND_KEY} and the counter (t n + i, 0), taken as unsigned and divided by 2^31 - 1.
 * </ul>
 *
 * <p>Operands: row positions (I32 scalar for each row). Result: F32 [width].
 *
 * @param drift the variance that the phase gains with each position, from above 0 to 1
 */
public record DriftingSinusoid(int width, double drift) implements Operation {
  /** The first word of JAX's key for the seed 234234535, split once; trax has the seed as a constant. */
  public static final int FIRST_KEY = (int) 4174489716L;
  /** The second word. */
  public static final int SECOND_KEY = 303878026;

  @Override
  public String name() {
    return "drifting_sinusoid";
  }

  @Override
  public Signature infer(List<Value> operands) {
    Operands.count(operands, 1);
    Operands.type(operands.getFirst(), DType.I32);
    Operands.elements(operands.getFirst(), 1);
    Operands.check(width > 0 && drift > 0 && drift <= 1, "needs a positive width and a drift above 0, at most 1, but has %d and %s",
        width, drift);
    return Signature.like(operands.getFirst(), Shape.of(width));
  }
}
