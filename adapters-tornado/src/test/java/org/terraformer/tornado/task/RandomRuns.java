package org.terraformer.tornado.task;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * Runs of a program, one after another, of several sequences in changing slots, that go on from where the runs before them left their
 * slots; before the last, slots take over others' state, one after another. The same seed gives the same runs, weights and inputs.
 */
final class RandomRuns {
  private static final int RUNS = 4;

  private final Program program;
  private final NamedTensors weights;
  private final ExecutionLimits limits;
  private final List<Run> runs = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();

  private record Copy(int from, int to, int positions) {}

  /** Rows from so many to so many. */
  record Length(int least, int most) {
    /** A few. */
    static final Length SHORT = new Length(1, 5);
    /** More than a group has threads; after some runs several hundred. */
    static final Length LONG = new Length(100, 130);
  }

  private record Run(int firstSlot, int sequences, int length, int kept, Map<Value, Object> inputs) {
    private int items(Extent extent) {
      return switch (extent) {
        case FIXED -> 1;
        case SEQUENCE -> sequences;
        case ROW -> sequences * length;
        case KEPT_ROW -> sequences * kept;
        default -> throw new IllegalArgumentException(extent.toString());
      };
    }
  }

  /**
   * @param length how many rows a sequence has in the runs in which it has more than one
   */
  RandomRuns(Program program, DType matrices, Length length, SplittableRandom random) {
    int slots = random.nextInt(1, 4);
    this.program = program;
    this.limits = new ExecutionLimits(slots, slots * length.most, RUNS * length.most, random.nextBoolean() ? DType.F32 : DType.BF16);
    this.weights = weights(program, matrices, random);
    int[] positions = new int[slots];
    for (int i = 0; i < RUNS; i++) {
      if (i == RUNS - 1) {
        // Often few, rarely more than a run can do.
        for (int left = random.nextInt(8) == 0 ? 70 : random.nextInt(4); left > 0; left--) {
          Copy copy = new Copy(random.nextInt(slots), random.nextInt(slots), 0);
          copies.add(new Copy(copy.from, copy.to, positions[copy.from]));
          positions[copy.to] = positions[copy.from];
        }
      }
      int sequences = random.nextInt(1, slots + 1);
      int firstSlot = random.nextInt(0, slots - sequences + 1);
      int rows = random.nextBoolean() ? 1 : random.nextInt(length.least, length.most + 1);
      Run run = new Run(firstSlot, sequences, rows, random.nextInt(0, rows + 1), new HashMap<>());
      for (Value input : program.inputs()) {
        run.inputs.put(input, input.name().equals(Recorder.POSITIONS)
            ? Arrays.copyOfRange(positions, firstSlot, firstSlot + sequences) : values(input, run.items(input.extent()), random));
      }
      for (int slot = firstSlot; slot < firstSlot + sequences; slot++) {
        positions[slot] += rows;
      }
      runs.add(run);
    }
  }

  /** The output of all runs on a backend, integers and floats alike as doubles. */
  List<double[]> on(Backend backend) {
    List<double[]> results = new ArrayList<>();
    try (Executable executable = backend.prepare(program, weights, limits, ProgressListener.NONE)) {
      for (int i = 0; i < RUNS; i++) {
        if (i == RUNS - 1) {
          copies.forEach(copy -> executable.copySlot(copy.from, copy.to, copy.positions));
        }
        results.add(result(executable, runs.get(i)));
      }
    }
    return results;
  }

  private double[] result(Executable executable, Run run) {
    run.inputs.forEach((input, values) -> {
      if (values instanceof int[] ints) {
        executable.write(input, ints, ints.length);
      } else {
        executable.write(input, (float[]) values, ((float[]) values).length);
      }
    });
    executable.run(run.firstSlot, run.sequences, run.length, run.kept);
    Value output = program.output("y");
    int count = run.items(output.extent()) * output.width();
    if (output.dtype() == DType.I32) {
      int[] ints = new int[count];
      executable.read(output, ints, count);
      return Arrays.stream(ints).asDoubleStream().toArray();
    }
    float[] floats = new float[count];
    executable.read(output, floats, count);
    double[] doubles = new double[count];
    Arrays.setAll(doubles, i -> floats[i]);
    return doubles;
  }

  /** Floats around zero, some of them exactly zero; integers a little out of range. */
  private static Object values(Value input, int items, SplittableRandom random) {
    int count = items * input.width();
    if (input.dtype() == DType.I32) {
      return random.ints(count, -3, 35).toArray();
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextInt(4) == 0 ? 0 : random.nextGaussian());
    }
    return values;
  }

  private static NamedTensors weights(Program program, DType matrices, SplittableRandom random) {
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : program.weights()) {
      float[] values = new float[weight.shape().intElements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      Tensor tensor = Tensor.of(weight.name(), weight.shape(), values);
      tensors.add(weight.kind() == Value.Kind.MATRIX ? Conversion.convert(tensor, matrices, Arena.ofAuto()) : tensor);
    }
    return new NamedTensors("random weights", tensors);
  }
}
