package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class BufferPlanTest {
  private final Recorder recorder = new Recorder();
  private final Value x = recorder.input("x", DType.F32, Extent.ROW, 6);

  @Test
  void aResultTakesOverAnArrayThatNobodyReadsAnyMore() {
    Value first = relu(x);
    Value second = relu(first);
    Value third = relu(second);
    BufferPlan plan = plan();
    assertThat(plan.place(third)).isEqualTo(plan.place(first)).isNotEqualTo(plan.place(second));
    assertThat(plan.buffers()).hasSize(2).allMatch(buffer -> buffer.elements() == 12);
  }

  @Test
  void aResultDoesNotOverwriteWhatIsReadLater() {
    Value first = relu(x);
    Value second = relu(first);
    Value third = relu(second);
    recorder.apply(new Add(), first, third);
    BufferPlan plan = plan();
    assertThat(plan.place(third)).isNotEqualTo(plan.place(first));
  }

  @Test
  void anOutputKeepsItsArray() {
    Value first = relu(x);
    recorder.output("first", first);
    Value second = relu(relu(relu(first)));
    BufferPlan plan = plan();
    assertThat(plan.place(second)).isNotEqualTo(plan.place(first));
    assertThat(plan.buffers()).hasSize(3);
  }

  @Test
  void aReshapedValueLiesWhereItsOperandDoes() {
    Value first = relu(x);
    Value reshaped = recorder.reshape(first, 2, 3);
    Value chosen = recorder.apply(new BlockArgmax(), reshaped);
    BufferPlan plan = plan();
    assertThat(plan.root(reshaped)).isEqualTo(first);
    assertThat(plan.place(chosen)).isNotEqualTo(plan.place(first));
    assertThat(plan.buffers()).extracting(BufferPlan.Buffer::dtype).containsExactly(DType.F32, DType.I32);
  }

  private Value relu(Value value) {
    return recorder.apply(new Activation(ActivationFunction.RELU), value);
  }

  private BufferPlan plan() {
    return new BufferPlan(recorder.program(), new ExecutionLimits(1, 2, 4));
  }
}
