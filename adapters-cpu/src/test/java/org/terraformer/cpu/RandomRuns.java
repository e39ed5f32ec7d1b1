package org.terraformer.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/**
 * Runs of a program, one after another, of several sequences in changing slots, that go on from where the runs before them left their
 * slots. The same seed gives the same runs, weights and inputs.
 */
final class RandomRuns {
  private static final int RUNS = 4;
  private static final int MOST_ROWS = 5;

  private final Program program;
  private final NamedTensors weights;
  private final ExecutionLimits limits;
  private final List<Run> runs = new ArrayList<>();

  private record Run(int firstSlot, int sequences, int length, int kept, Map<Value, Object> inputs) {}

  RandomRuns(Program program, DType matrices, SplittableRandom random) {
    int slots = random.nextInt(1, 4);
    this.program = program;
    this.limits = new ExecutionLimits(
        slots, slots * MOST_ROWS, RUNS * MOST_ROWS, random.nextBoolean() ? DType.F32 : DType.BF16);
    this.weights = weights(program, matrices, random);
    int[] positions = new int[slots];
    for (int i = 0; i < RUNS; i++) {
      int sequences = random.nextInt(1, slots + 1);
      int firstSlot = random.nextInt(0, slots - sequences + 1);
      int length = random.nextBoolean() ? 1 : random.nextInt(1, MOST_ROWS + 1);
      Run run = new Run(firstSlot, sequences, length, random.nextInt(0, length + 1), new HashMap<>());
      for (Value input : program.inputs()) {
        run.inputs.put(input, input.name().equals(Recorder.POSITIONS)
            ? java.util.Arrays.copyOfRange(positions, firstSlot, firstSlot + sequences) : values(input, items(run, input), random));
      }
      for (int slot = firstSlot; slot < firstSlot + sequences; slot++) {
        positions[slot] += length;
      }
      runs.add(run);
    }
  }

  /** The output of all runs on a backend, integers as they are and floats as their bits. */
  List<int[]> on(Backend backend) {
    List<int[]> results = new ArrayList<>();
    Value output = program.output("y");
    try (Executable executable = backend.prepare(program, weights, limits, ProgressListener.NONE)) {
      for (Run run : runs) {
        run.inputs.forEach((input, values) -> {
          if (values instanceof int[] ints) {
            executable.write(input, ints, ints.length);
          } else {
            executable.write(input, (float[]) values, ((float[]) values).length);
          }
        });
        executable.run(run.firstSlot, run.sequences, run.length, run.kept);
        int[] result = new int[items(run, output) * output.width()];
        if (output.dtype() == DType.I32) {
          executable.read(output, result, result.length);
        } else {
          float[] floats = new float[result.length];
          executable.read(output, floats, floats.length);
          java.util.Arrays.setAll(result, i -> Float.floatToRawIntBits(floats[i]));
        }
        results.add(result);
      }
    }
    return results;
  }

  private int items(Run run, Value value) {
    Frame frame = new Frame(limits);
    frame.set(run.firstSlot, run.sequences, run.length, run.kept);
    return frame.items(value.extent());
  }

  /** Floats around zero, some of them exactly zero, in half of the cases so coarse that many are equal; integers a little out of range. */
  private static Object values(Value input, int items, SplittableRandom random) {
    int count = items * input.width();
    if (input.dtype() == DType.I32) {
      return random.ints(count, -3, 35).toArray();
    }
    boolean coarse = random.nextBoolean();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double value = random.nextInt(4) == 0 ? 0 : random.nextGaussian();
      values[i] = (float) (coarse ? Math.rint(4 * value) / 4 : value);
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
      tensors.add(weight.kind() == Value.Kind.MATRIX ? aside(Conversion.convert(tensor, matrices, Arena.ofAuto())) : tensor);
    }
    return new NamedTensors("random weights", tensors);
  }

  /** The tensor where a file may have it: off the heap, one element beside what vectors would like. */
  private static Tensor aside(Tensor tensor) {
    long element = tensor.dtype().dataBytes(Shape.of(1));
    long bytes = tensor.data().byteSize();
    MemorySegment data = Arena.ofAuto().allocate(bytes + element, 64).asSlice(element, bytes).copyFrom(tensor.data());
    return new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), data, tensor.scales());
  }
}
