package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.Gate;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.operation.gradient.BlockSoftmaxAtGradient;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class MemoryPlanTest {
  private static final ExecutionLimits LIMITS = new ExecutionLimits(1, 3, 8);

  @Test
  void aChainOfResultsNeedsTheMemoryOfTwo() {
    Recorder recorder = new Recorder();
    Value y = recorder.input("x", DType.F32, Extent.ROW, 100);
    for (int i = 0; i < 20; i++) {
      y = recorder.apply(new Linear(false), y, recorder.matrix("w" + i, 100, 100));
    }
    recorder.output("y", y);
    assertThat(new MemoryPlan(recorder.program(), LIMITS).totalBytes()).isEqualTo(2 * MemoryPlan.bytes(y, LIMITS));
  }

  @Test
  void aChainOfOperationsThatWorkInPlaceNeedsTheMemoryOfOne() {
    Recorder recorder = new Recorder();
    Value y = recorder.input("x", DType.F32, Extent.ROW, 100);
    for (int i = 0; i < 20; i++) {
      y = recorder.apply(new Activation(ActivationFunction.RELU), y);
    }
    recorder.output("y", y);
    assertThat(new MemoryPlan(recorder.program(), LIMITS).totalBytes()).isEqualTo(MemoryPlan.bytes(y, LIMITS));
  }

  @Test
  void whatALaterStepReadsIsNotReplaced() {
    Recorder recorder = new Recorder();
    Value x = recorder.apply(new Activation(ActivationFunction.RELU), recorder.input("x", DType.F32, Extent.ROW, 100));
    Value y = recorder.apply(new Activation(ActivationFunction.SIGMOID), x);
    recorder.output("y", recorder.apply(new Add(), x, y));
    MemoryPlan plan = new MemoryPlan(recorder.program(), LIMITS);
    assertThat(plan.offset(y)).isNotEqualTo(plan.offset(x));
  }

  @Test
  void whatHasAsManyElementsInAnotherShapeIsNotReplaced() {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 6, 1);
    Value chosen = recorder.apply(new BlockArgmax(), x);
    Value upstream = recorder.apply(new Scale(2), recorder.input("u", DType.F32, Extent.ROW, 6));
    Value gradient = recorder.apply(new BlockSoftmaxAtGradient(), x, chosen, upstream);
    recorder.output("y", gradient);
    MemoryPlan plan = new MemoryPlan(recorder.program(), LIMITS);
    assertThat(plan.offset(gradient)).isNotIn(plan.offset(chosen), plan.offset(upstream));
  }

  @Test
  void anOutputIsNotReplaced() {
    Recorder recorder = new Recorder();
    Value x = recorder.apply(new Activation(ActivationFunction.RELU), recorder.input("x", DType.F32, Extent.ROW, 100));
    recorder.output("x", x);
    Value y = recorder.apply(new Activation(ActivationFunction.SIGMOID), x);
    recorder.output("y", y);
    MemoryPlan plan = new MemoryPlan(recorder.program(), LIMITS);
    assertThat(plan.offset(y)).isNotEqualTo(plan.offset(x));
  }

  @Test
  void aLargerResultTakesTheHoleAtTheEndAndWhatLiesBehindIt() {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, 64);
    for (int i = 0; i < 3; i++) {
      x = recorder.apply(new Activation(ActivationFunction.RELU), x);
    }
    Value y = recorder.apply(new Linear(false), x, recorder.matrix("w", 192, 64));
    recorder.output("y", y);
    assertThat(new MemoryPlan(recorder.program(), LIMITS).totalBytes())
        .isEqualTo(MemoryPlan.bytes(x, LIMITS) + MemoryPlan.bytes(y, LIMITS));
  }

  @Property(tries = 300)
  void resultsThatAreNeededAtTheSameTimeLieApart(@ForAll long seed) {
    Program program = program(new SplittableRandom(seed));
    MemoryPlan plan = new MemoryPlan(program, LIMITS);
    Map<Value, Integer> made = new HashMap<>();
    Map<Value, Integer> lastUsed = lastUses(program, plan);
    for (int i = 0; i < program.steps().size(); i++) {
      Value result = program.steps().get(i).result();
      if (plan.root(result) != result) {
        continue;
      }
      made.put(result, i);
      assertThat(plan.offset(result)).isNotNegative().isLessThanOrEqualTo(plan.totalBytes() - MemoryPlan.bytes(result, LIMITS));
      for (Value other : made.keySet()) {
        // An operation reads its operands while it writes its result, so they lie apart too.
        if (other != result && lastUsed.getOrDefault(other, -1) >= i) {
          assertThat(overlap(plan, result, other)).as("%s and %s of %s", result, other, program.steps()).isFalse();
        }
      }
    }
  }

  @Property(tries = 60)
  void sharedMemoryChangesNoResult(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Program program = program(random);
    RandomRuns runs = new RandomRuns(program, DType.F32, random);
    List<int[]> shared = runs.on(new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
    List<int[]> apart = runs.on(new ScalarBackend(ScalarKernels.all()));
    for (int run = 0; run < apart.size(); run++) {
      for (int i = 0; i < apart.get(run).length; i++) {
        float expected = Float.intBitsToFloat(apart.get(run)[i]);
        assertThat(Math.abs(Float.intBitsToFloat(shared.get(run)[i]) - expected))
            .isLessThanOrEqualTo(1e-4f * Math.max(1, Math.abs(expected)));
      }
    }
  }

  private static boolean overlap(MemoryPlan plan, Value a, Value b) {
    return plan.offset(a) < plan.offset(b) + MemoryPlan.bytes(b, LIMITS) && plan.offset(b) < plan.offset(a) + MemoryPlan.bytes(a, LIMITS);
  }

  /** The last step that reads a value or a reshaped form of it; outputs are read after all steps. */
  private static Map<Value, Integer> lastUses(Program program, MemoryPlan plan) {
    Map<Value, Integer> last = new HashMap<>();
    for (int i = 0; i < program.steps().size(); i++) {
      for (Value operand : program.steps().get(i).operands()) {
        last.put(plan.root(operand), i);
      }
    }
    program.outputs().values().forEach(output -> last.put(plan.root(output), program.steps().size()));
    return last;
  }

  /** Random sums, functions, gates and reshapings of what came before; a few of the values are outputs. */
  private static Program program(SplittableRandom random) {
    Recorder recorder = new Recorder();
    List<Value> values = new ArrayList<>(List.of(
        recorder.input("first", DType.F32, Extent.ROW, 12), recorder.input("second", DType.F32, Extent.ROW, 30)));
    int steps = random.nextInt(1, 30);
    for (int i = 0; i < steps; i++) {
      Value x = values.get(Math.max(0, values.size() - 1 - random.nextInt(6)));
      values.add(switch (random.nextInt(4)) {
        case 0 -> recorder.apply(new Add(), x, twin(values, x, random));
        case 1 -> recorder.apply(new Reshape(random.nextBoolean() ? new long[] {x.width()} : new long[] {2, x.width() / 2}), x);
        case 2 -> x.width() > 200 ? recorder.apply(new Add(), x, x)
            : recorder.apply(new Gate(), x, recorder.vector("gates" + i, random.nextInt(1, 3), x.width()));
        default -> recorder.apply(new Activation(ActivationFunction.TANH), x);
      });
      if (random.nextInt(6) == 0) {
        recorder.output("output" + i, values.getLast());
      }
    }
    recorder.output("y", values.getLast());
    return recorder.program();
  }

  private static Value twin(List<Value> values, Value x, SplittableRandom random) {
    List<Value> twins = values.stream().filter(value -> value.width() == x.width()).toList();
    return twins.get(random.nextInt(twins.size()));
  }
}
