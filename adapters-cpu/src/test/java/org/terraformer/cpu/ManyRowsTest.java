package org.terraformer.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Operation;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.CausalAttention;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.operation.LinearTransposed;
import org.terraformer.ports.operation.MaskedAttention;
import org.terraformer.ports.operation.ModuleConvolution;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.SelectedRowsDot;
import org.terraformer.ports.operation.SelectedRowsSum;
import org.terraformer.ports.operation.SoftmaxFeatures;
import org.terraformer.ports.operation.gradient.AttentionGradient;
import org.terraformer.ports.operation.gradient.ChannelScaleGradient;
import org.terraformer.ports.operation.gradient.LayerNormScaleGradient;
import org.terraformer.ports.operation.gradient.LinearWeightGradient;
import org.terraformer.ports.operation.gradient.ModuleConvolutionTransposed;
import org.terraformer.ports.operation.gradient.ModuleConvolutionWeightGradient;
import org.terraformer.ports.operation.gradient.RotaryTransposed;
import org.terraformer.ports.operation.gradient.SelectedRowsWeightGradient;
import org.terraformer.ports.operation.gradient.SoftmaxFeaturesGradient;
import org.terraformer.ports.operation.gradient.SumOverItems;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Operations on as many rows as a prompt has: results of the plain kernels, whatever the number of threads. */
class ManyRowsTest {
  private static final DType[] TYPES = {DType.F32, DType.BF16, DType.F16, DType.Q8};

  @Property(tries = 40)
  void linear(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int vectors = draft.pick(1, 1, 3, 33);
    int inputs = draft.upTo(300);
    int outputs = draft.upTo(100);
    Value x = draft.input(vectors, inputs);
    Value weight = draft.matrix(outputs, inputs);
    switch (draft.pick(0, 1, 2)) {
      case 0 -> draft.output(new Linear(false), x, weight);
      case 1 -> draft.output(new Linear(true), x, weight, draft.vector(outputs));
      default -> draft.output(new Linear(true), x, weight, draft.vector(vectors * outputs));
    }
    draft.check(rows, TYPES[type]);
  }

  /** More vectors of an item than a cache holds, as the multiplicative layer of a wide model has. */
  @Property(tries = 16)
  void linearOfManyVectorsOfLongRows(@ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int vectors = 128 + draft.upTo(9);
    int inputs = 1024 + draft.upTo(1100);
    int outputs = draft.upTo(30);
    draft.output(new Linear(true), draft.input(vectors, inputs), draft.matrix(outputs, inputs), draft.vector(outputs));
    draft.check(1, TYPES[type]);
  }

  @Property(tries = 30)
  void linearTransposed(@ForAll @IntRange(min = 1, max = 80) int rows, @ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int inputs = draft.upTo(300);
    int outputs = draft.upTo(100);
    Value x = draft.input(inputs);
    Value weight = draft.matrix(inputs, outputs);
    if (draft.pick(0, 1) == 0) {
      draft.output(new LinearTransposed(false), x, weight);
    } else {
      draft.output(new LinearTransposed(true), x, weight, draft.vector(outputs));
    }
    draft.check(rows, TYPES[type]);
  }

  @Property(tries = 30)
  void linearWeightGradient(@ForAll @IntRange(min = 1, max = 300) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int vectors = draft.pick(1, 1, 2);
    draft.output(new LinearWeightGradient(), draft.input(vectors, draft.upTo(70)), draft.input(vectors, draft.upTo(70)));
    draft.check(rows, DType.F32);
  }

  @Property(tries = 40)
  void selectedRows(@ForAll @IntRange(min = 1, max = 200) int rows, @ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int blocks = draft.pick(1, 3, 8);
    int choices = draft.pick(1, 2, 5);
    int group = draft.pick(1, 1, 6);
    int width = draft.upTo(300);
    Value chosen = draft.choices(blocks, choices);
    if (draft.pick(0, 1) == 0) {
      draft.output(new SelectedRowsDot(), draft.input(width), draft.matrix(blocks, choices, group, width), chosen);
    } else {
      Value rectified = draft.recorder.apply(new Activation(ActivationFunction.RELU), draft.input(blocks, group));
      draft.output(new SelectedRowsSum(true), rectified, draft.matrix(blocks, choices, group, width), chosen, draft.vector(width));
    }
    draft.check(rows, TYPES[type]);
  }

  /** So many that their sum is made in parts. */
  @Property(tries = 16)
  void sumOfManySelectedRows(@ForAll @IntRange(min = 1, max = 5) int rows, @ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int blocks = 90 + draft.upTo(60);
    int width = 1500 + draft.upTo(200);
    Value rectified = draft.recorder.apply(new Activation(ActivationFunction.RELU), draft.input(blocks, 1));
    draft.output(new SelectedRowsSum(true), rectified, draft.matrix(blocks, 3, 1, width), draft.choices(blocks, 3), draft.vector(width));
    draft.check(rows, TYPES[type]);
  }

  @Property(tries = 30)
  void selectedRowsWeightGradient(@ForAll @IntRange(min = 1, max = 200) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int blocks = draft.pick(1, 3, 8);
    int choices = draft.pick(1, 2, 5);
    Value a = draft.input(blocks, draft.pick(1, 1, 6));
    Value rectified = draft.recorder.apply(new Activation(ActivationFunction.RELU), a);
    draft.output(new SelectedRowsWeightGradient(choices), rectified, draft.input(draft.upTo(150)), draft.choices(blocks, choices));
    draft.check(rows, DType.F32);
  }

  @Property(tries = 40)
  void moduleConvolution(@ForAll @IntRange(min = 1, max = 40) int rows, @ForAll @IntRange(max = 3) int type, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int modules = draft.pick(1, 4, 13);
    int inputs = draft.pick(5, 32, 48, 450);
    int outputs = draft.upTo(40);
    int length = draft.pick(1, 2, 4);
    Value history = draft.recorder.slotState("history", length - 1, modules, inputs);
    draft.output(new ModuleConvolution(true), draft.input(modules, inputs), draft.matrix(outputs, length, draft.pick(1, 3), inputs),
        draft.recorder.startPositions(), history, draft.vector(outputs));
    draft.check(rows, TYPES[type]);
  }

  @Property(tries = 30)
  void moduleConvolutionGradients(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int modules = draft.pick(1, 4, 13);
    int inputs = draft.upTo(40);
    int outputs = draft.upTo(40);
    int length = draft.pick(1, 2, 4);
    int kernel = draft.pick(1, 3, 15);
    Value upstream = draft.input(modules, outputs);
    if (draft.pick(0, 1) == 0) {
      draft.output(new ModuleConvolutionTransposed(), upstream, draft.matrix(outputs, length, kernel, inputs));
    } else {
      draft.output(new ModuleConvolutionWeightGradient(length, kernel), upstream, draft.input(modules, inputs));
    }
    draft.check(rows, DType.F32);
  }

  @Property(tries = 20)
  void rotary(@ForAll @IntRange(min = 1, max = 40) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    Value x = draft.input(draft.upTo(4), 2 * draft.upTo(40));
    draft.output(draft.pick(0, 1) == 0 ? new Rotary(10_000) : new RotaryTransposed(10_000), x, draft.recorder.rowPositions());
    draft.check(rows, DType.F32);
  }

  @Property(tries = 40)
  void causalAttention(@ForAll @IntRange(min = 1, max = 450) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int heads = draft.pick(1, 2, 3);
    int keys = heads * draft.upTo(70);
    int values = heads * draft.upTo(70);
    draft.output(new CausalAttention(heads), draft.input(keys), draft.input(keys), draft.input(values), draft.recorder.startPositions(),
        draft.recorder.contextState("keys", keys), draft.recorder.contextState("values", values));
    draft.check(rows, DType.F32);
  }

  @Property(tries = 15)
  void attentionOfWideHeads(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int heads = draft.pick(1, 2);
    int keys = heads * (256 + draft.upTo(40));
    Value visible = draft.choices(1, 2);
    draft.output(new MaskedAttention(heads), draft.input(keys), draft.input(keys), draft.input(heads * draft.upTo(300)),
        draft.recorder.reshape(visible));
    draft.check(rows, DType.F32);
  }

  @Property(tries = 30)
  void attentionGradient(@ForAll @IntRange(min = 1, max = 450) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int heads = draft.pick(1, 2, 3);
    int keys = heads * draft.upTo(draft.pick(30, 70, 250));
    int values = heads * draft.upTo(draft.pick(30, 70, 250));
    Value[] rowsOfHeads = {draft.input(keys), draft.input(keys), draft.input(values), draft.input(values)};
    if (draft.pick(0, 1) == 0) {
      draft.output(new AttentionGradient(heads, true), rowsOfHeads);
    } else {
      Value visible = draft.recorder.reshape(draft.choices(1, 2));
      draft.output(new AttentionGradient(heads, false), rowsOfHeads[0], rowsOfHeads[1], rowsOfHeads[2], rowsOfHeads[3], visible);
    }
    draft.check(rows, DType.F32);
  }

  @Property(tries = 20)
  void softmaxFeatures(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int heads = draft.pick(1, 2, 3);
    int features = draft.upTo(150);
    boolean overRows = draft.pick(0, 1) == 0;
    Value x = draft.input(heads * draft.upTo(70));
    if (draft.pick(0, 1) == 0) {
      draft.output(new SoftmaxFeatures(heads, features, overRows), x);
    } else {
      draft.output(new SoftmaxFeaturesGradient(heads, features, overRows), x, draft.input(heads * features));
    }
    draft.check(rows, DType.F32);
  }

  @Property(tries = 30)
  void sumsOverItems(@ForAll @IntRange(min = 1, max = 150) int rows, @ForAll long seed) {
    Draft draft = new Draft(seed);
    int vectors = draft.pick(1, 1, 3);
    int width = draft.upTo(300);
    Value x = draft.input(vectors, width);
    switch (draft.pick(0, 1, 2)) {
      case 0 -> draft.output(new SumOverItems(List.of((long) width)), x);
      case 1 -> draft.output(new ChannelScaleGradient(), x, draft.input(vectors, width));
      default -> draft.output(new LayerNormScaleGradient(draft.pick(0, 1) == 0, 1e-2f), x, draft.input(vectors, width));
    }
    draft.check(rows, DType.F32);
  }

  /** A program of one operation on random numbers, run twice: some rows, then the rest, for two sequences. */
  private static final class Draft {
    private final RandomGenerator random;
    private final Recorder recorder = new Recorder();
    private final List<Value> inputs = new ArrayList<>();
    private int choices;
    private Value chosen;

    private Draft(long seed) {
      this.random = new SplittableRandom(seed);
    }

    private int pick(int... values) {
      return values[random.nextInt(values.length)];
    }

    private int upTo(int most) {
      return 1 + random.nextInt(most);
    }

    private Value input(long... shape) {
      Value input = recorder.input("x" + inputs.size(), DType.F32, Extent.ROW, shape);
      inputs.add(input);
      return input;
    }

    private Value choices(int blocks, int count) {
      choices = count;
      chosen = recorder.input("chosen", DType.I32, Extent.ROW, blocks);
      return chosen;
    }

    private Value matrix(long... shape) {
      return recorder.matrix("matrix", shape);
    }

    private Value vector(long size) {
      return recorder.vector("vector", size);
    }

    private void output(Operation operation, Value... operands) {
      recorder.output("y", recorder.apply(operation, operands));
    }

    private void check(int rows, DType type) {
      Program program = recorder.program();
      try (Arena arena = Arena.ofShared()) {
        List<Tensor> tensors = new ArrayList<>();
        for (Value weight : program.weights()) {
          Tensor tensor = Tensor.of(weight.name(), weight.shape(), floats(Math.toIntExact(weight.shape().elements())));
          tensors.add(weight.kind() == Value.Kind.MATRIX ? Conversion.convert(tensor, type, arena) : tensor);
        }
        NamedTensors weights = new NamedTensors("test", tensors);
        DType cache = pick(0, 1) == 0 ? DType.F32 : DType.BF16;
        long run = random.nextLong();
        float[] expected = run(new ScalarBackend(ScalarKernels.all()), program, weights, cache, rows, run);
        float[] one = run(cpu(1), program, weights, cache, rows, run);
        for (int i = 0; i < one.length; i++) {
          if (!(Math.abs(one[i] - expected[i]) <= 1e-4 + 1e-4 * Math.abs(expected[i]))) {
            fail("%s of %d rows, %s, gives %s instead of %s at %d", program.steps(), rows, type, one[i], expected[i], i);
          }
        }
        assertThat(run(cpu(2), program, weights, cache, rows, run)).isEqualTo(one);
        assertThat(run(cpu(3), program, weights, cache, rows, run)).isEqualTo(one);
      }
    }

    private float[] run(Backend backend, Program program, NamedTensors weights, DType cache, int rows, long seed) {
      RandomGenerator numbers = new SplittableRandom(seed);
      Value y = program.output("y");
      float[] results = new float[0];
      try (Executable executable = backend.prepare(program, weights, new ExecutionLimits(2, 2 * rows, rows + 8, cache), ProgressListener.NONE)) {
        int start = 0;
        for (int length : new int[] {Math.max(1, rows - 3), 4}) {
          int items = 2 * Math.min(length, rows);
          for (Value input : inputs) {
            executable.write(input, floats(numbers, items * input.width()), items * input.width());
          }
          if (chosen != null) {
            executable.write(chosen, numbers.ints((long) items * chosen.width(), 0, choices).toArray(), items * chosen.width());
          }
          if (program.hasInput(Recorder.POSITIONS)) {
            executable.write(program.input(Recorder.POSITIONS), new int[] {start, start}, 2);
          }
          executable.run(0, 2, items / 2, items / 2);
          start += items / 2;
          float[] some = new float[y.extent() == Extent.FIXED ? y.width() : items * y.width()];
          executable.read(y, some, some.length);
          int before = results.length;
          results = Arrays.copyOf(results, before + some.length);
          System.arraycopy(some, 0, results, before, some.length);
        }
      }
      return results;
    }

    private static CpuBackend cpu(int threads) {
      return new CpuBackend(CpuKernels.all(), ScalarKernels.all(), threads);
    }

    private float[] floats(int count) {
      return floats(random, count);
    }

    private static float[] floats(RandomGenerator random, int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      return values;
    }
  }
}
