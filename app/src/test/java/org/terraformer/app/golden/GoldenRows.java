package org.terraformer.app.golden;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.training.Gradients;
import org.terraformer.ports.checkpoint.WeightSource;
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

/**
 * A layer of several inputs and outputs, run whole with its gradients. Each tensor of a case has its own length, while a run has as many rows
 * for each sequence of every value: a tensor lies in the first of them, or where {@link #place} says.
 */
final class GoldenRows {
  private final GoldenCase golden;
  private final int sequences;
  private final int length;
  private final Recorder recorder = new Recorder();
  private final Map<String, Value> inputs = new LinkedHashMap<>();
  private final Map<String, String> given = new LinkedHashMap<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();
  private final Map<String, int[]> numbers = new LinkedHashMap<>();
  private final Map<String, IntBinaryOperator> places = new LinkedHashMap<>();
  private final Map<String, IntBinaryOperator> compared = new LinkedHashMap<>();

  /**
   * @param length rows of each sequence
   */
  GoldenRows(GoldenCase golden, int sequences, int length) {
    this.golden = golden;
    this.sequences = sequences;
    this.length = length;
  }

  Recorder recorder() {
    return recorder;
  }

  /** The input of this name: {@code inputs.NAME}. */
  Value input(String name) {
    return input(name, "inputs." + name);
  }

  /** An input that is given a tensor. */
  Value input(String name, String tensor) {
    given.put(name, tensor);
    return inputs.computeIfAbsent(name, key -> recorder.input(key, DType.F32, Extent.ROW, golden.axis(tensor, -1)));
  }

  /** An input of numbers that the test gives. */
  Value numbers(String name, Extent extent, int[] values) {
    numbers.put(name, values);
    return recorder.input(name, DType.I32, extent);
  }

  /** The output of this name: {@code outputs.NAME}. */
  void output(String name, Value value) {
    outputs.put(name, value);
    recorder.output(name, value);
  }

  /** Lets row t of a sequence of a tensor lie in the row of the run that a function of sequence and t gives. */
  void place(String name, IntBinaryOperator row) {
    places.put(name, row);
  }

  /** Compares only so many rows of a sequence of an output, as a function of the sequence and the output's length. */
  void compare(String name, IntBinaryOperator rows) {
    compared.put(name, rows);
  }

  /** Runs and compares outputs and, of what is trained, the recorded gradients. */
  void check(Backend backend, boolean trained) {
    check(backend, recorder.program(), trained);
  }

  /**
   * As {@link #check(Backend, boolean)}.
   *
   * @param order a program with the same weights, recorded in the order of the reference
   */
  void check(Backend backend, Program order, boolean trained) {
    TraxWeights trax = new TraxWeights(order);
    List<Value> wanted = new ArrayList<>(recorder.program().weights());
    wanted.addAll(inputs.values());
    Map<Value, Value> seeds = new LinkedHashMap<>();
    outputs.forEach((name, value) -> {
      if (trained && golden.has("grad_seed." + name)) {
        seeds.put(value, recorder.input("seed." + name, DType.F32, Extent.ROW, value.width()));
      }
    });
    Map<Value, Value> gradients = seeds.isEmpty() ? Map.of() : Gradients.record(recorder, seeds, wanted);
    gradients.forEach((value, gradient) -> recorder.output("gradient." + value.name(), gradient));
    Program program = recorder.program();
    WeightSource weights = trax.translate(TraxArrays.of(golden.name(), golden.flatWeights()), 0, Arena.ofAuto());
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE)) {
      inputs.forEach((name, value) -> write(executable, value, name, given.get(name)));
      outputs.forEach((name, value) -> {
        if (seeds.containsKey(value)) {
          write(executable, seeds.get(value), name, "grad_seed." + name);
        }
      });
      numbers.forEach((name, values) -> executable.write(program.input(name), values, values.length));
      if (program.hasInput(Recorder.POSITIONS)) {
        executable.write(program.input(Recorder.POSITIONS), new int[sequences], sequences);
      }
      executable.run(0, sequences, length, length);
      outputs.forEach((name, value) -> compare(executable, value, name, "outputs." + name));
      gradients.forEach((value, gradient) -> {
        if (!value.isWeight()) {
          compare(executable, gradient, value.name(), "grads.inputs." + value.name());
        }
      });
      if (!gradients.isEmpty() && !golden.flatWeights().isEmpty()) {
        WeightSource expected = trax.translate(TraxArrays.of(golden.name(), golden.flatGradients("grads.")), 0, Arena.ofAuto());
        for (Value weight : program.weights()) {
          float[] gradient = new float[weight.width()];
          executable.read(gradients.get(weight), gradient, gradient.length);
          GoldenRun.assertGradientClose(golden, weight.name(), gradient, Conversion.toFloats(expected.find(weight.name()).orElseThrow()));
        }
      }
    }
  }

  private int row(String name, int sequence, int t) {
    return sequence * length + places.getOrDefault(name, (any, same) -> same).applyAsInt(sequence, t);
  }

  private void write(Executable executable, Value value, String name, String tensor) {
    float[] values = golden.floats(tensor);
    int rows = golden.axis(tensor, 1);
    int width = value.width();
    float[] all = new float[sequences * length * width];
    for (int i = 0; i < sequences * rows; i++) {
      System.arraycopy(values, i * width, all, row(name, i / rows, i % rows) * width, width);
    }
    executable.write(value, all, all.length);
  }

  private void compare(Executable executable, Value value, String name, String tensor) {
    int rows = golden.axis(tensor, 1);
    int width = value.width();
    float[] all = new float[sequences * length * width];
    executable.read(value, all, all.length);
    float[] expected = golden.floats(tensor);
    float[] found = expected.clone();
    for (int i = 0; i < sequences * rows; i++) {
      if (i % rows < compared.getOrDefault(name, (sequence, every) -> every).applyAsInt(i / rows, rows)) {
        System.arraycopy(all, row(name, i / rows, i % rows) * width, found, i * width, width);
      }
    }
    GoldenRun.assertGradientClose(golden, tensor, found, expected);
  }
}
