package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Signature;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.BlockSoftmaxAt;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.operation.TopValues;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/**
 * The choice of tokens as part of a program: where logits are computed far away, as on an accelerator, some numbers are read of them instead
 * of the whole vocabulary's: the most likely id, or as many of the likeliest as a caller asks for, to draw one of them.
 */
public final class TokenChoice {
  /** The output with the most likely id, the lowest of equal ones: I32 [1] for each kept row. */
  static final String ID = "choice.id";

  /** The output with its probability: F32 [1] for each kept row; NaN if a logit is NaN or infinitely large, or all are infinitely small. */
  static final String PROBABILITY = "choice.probability";

  /** The input with the number of likely ids that are wanted: I32 scalar. */
  static final String COUNT = "choice.count";

  /** The output with the logits and ids of the likeliest, as {@link TopValues} gives them: F32 [most, 2] for each kept row. */
  static final String LIKELIEST = "choice.likeliest";

  /** The most ids that can be asked for: more than is usual, and little beside a vocabulary. */
  private static final int MOST = 64;

  private TokenChoice() {}

  /** The program of a language model with the choice behind its logits; any other program as it is. */
  public static Program added(Program program) {
    Value logits = program.outputs().get(TransformerLm.LOGITS);
    if (logits == null) {
      return program;
    }
    List<Value> values = new ArrayList<>(program.values());
    List<Step> steps = new ArrayList<>(program.steps());
    Value row = record(values, steps, new Reshape(1, logits.width()), logits);
    Value id = record(values, steps, new BlockArgmax(), row);
    Value probability = record(values, steps, new BlockSoftmaxAt(), row, id);
    Value count = new Value(nextId(values), Value.Kind.INPUT, COUNT, DType.I32, Extent.FIXED, Shape.of());
    values.add(count);
    Map<String, Value> outputs = new HashMap<>(program.outputs());
    outputs.put(ID, id);
    outputs.put(PROBABILITY, probability);
    outputs.put(LIKELIEST, record(values, steps, new TopValues(Math.min(MOST, logits.width())), logits, count));
    return new Program(values, steps, outputs);
  }

  /** Ids are not numbers of places: a program may lack some. */
  private static int nextId(List<Value> values) {
    return values.getLast().id() + 1;
  }

  private static Value record(List<Value> values, List<Step> steps, Operation operation, Value... operands) {
    Signature signature = operation.infer(List.of(operands));
    Value result = new Value(nextId(values), Value.Kind.RESULT, "choice." + operation.name(), signature.dtype(), signature.extent(),
        signature.shape());
    values.add(result);
    steps.add(new Step(operation, List.of(operands), result));
    return result;
  }
}
