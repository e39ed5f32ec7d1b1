package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.layer.Layer;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** A layer recorded, given the weights of a case, and run on a backend: whole or row by row. */
final class GoldenRun implements AutoCloseable {
  private final GoldenCase golden;
  private final Program program;
  private final Value input;
  private final int sequences;
  private final int length;
  private final Executable executable;

  GoldenRun(GoldenCase golden, Layer layer, Backend backend, String inputTensor, int unused) {
    this.golden = golden;
    this.sequences = golden.axis(inputTensor, 0);
    this.length = golden.axis(inputTensor, 1);
    this.program = record(layer, golden.tensor(inputTensor));
    this.input = program.input("x");
    WeightSource weights = new TraxWeights(program)
        .translate(TraxArrays.of(golden.name(), golden.flatWeights()), unused, Arena.ofAuto());
    this.executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length + 3), ProgressListener.NONE);
    if (program.hasInput("mask")) {
      executable.write(program.input("mask"), golden.ints("inputs.mask"), sequences * length);
    }
  }

  private static Program record(Layer layer, Tensor x) {
    Recorder recorder = new Recorder();
    long[] row = x.shape().rank() > 2 ? new long[] {x.shape().columns()} : new long[0];
    Value output = layer.record(recorder, recorder.input("x", x.dtype(), Extent.ROW, row));
    recorder.output("y", output);
    List<Step> steps = recorder.program().steps();
    int choices = 0;
    for (Step step : steps) {
      if (step.operation() instanceof BlockArgmax) {
        recorder.output("chosen." + choices, step.result());
        recorder.output("scores." + choices, step.operands().getFirst());
        choices++;
      }
    }
    return recorder.program();
  }

  Program program() {
    return program;
  }

  /** Runs all rows at once; a second time too, since a run must not depend on what the state holds. */
  void whole() {
    for (int time = 0; time < 2; time++) {
      if (input.dtype() == DType.I32) {
        writeTokens(golden.ints("inputs.tokens"));
      } else {
        executable.write(input, golden.floats("inputs.x"), sequences * length * input.width());
      }
      writePositions(0);
      executable.run(0, sequences, length, length);
    }
  }

  void writeTokens(int[] tokens) {
    executable.write(input, tokens, tokens.length);
  }

  void writePositions(int position) {
    if (program.hasInput(Recorder.POSITIONS)) {
      int[] positions = new int[sequences];
      java.util.Arrays.fill(positions, position);
      executable.write(program.input(Recorder.POSITIONS), positions, sequences);
    }
  }

  /** Runs row by row, as decoding does, and gives the outputs in the order of a whole run. */
  float[] rowByRow() {
    int width = program.output("y").width();
    float[] x = golden.floats("inputs.x");
    float[] all = new float[sequences * length * width];
    float[] step = new float[sequences * width];
    float[] in = new float[sequences * input.width()];
    for (int t = 0; t < length; t++) {
      for (int sequence = 0; sequence < sequences; sequence++) {
        System.arraycopy(x, (sequence * length + t) * input.width(), in, sequence * input.width(), input.width());
      }
      executable.write(input, in, in.length);
      writePositions(t);
      executable.run(0, sequences, 1, 1);
      executable.read(program.output("y"), step, step.length);
      for (int sequence = 0; sequence < sequences; sequence++) {
        System.arraycopy(step, sequence * width, all, (sequence * length + t) * width, width);
      }
    }
    return all;
  }

  float[] output(String name) {
    float[] values = new float[sequences * length * program.output(name).width()];
    executable.read(program.output(name), values, values.length);
    return values;
  }

  int[] chosen(String name) {
    int[] values = new int[sequences * length * program.output(name).width()];
    executable.read(program.output(name), values, values.length);
    return values;
  }

  static void assertClose(GoldenCase golden, String what, float[] actual, float[] expected) {
    assertThat(actual).as("%s %s", golden, what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double allowed = golden.absoluteTolerance() + golden.relativeTolerance() * Math.abs(expected[i]);
      assertThat(Math.abs((double) actual[i] - expected[i]))
          .as("%s %s [%d]: %s instead of %s", golden, what, i, actual[i], expected[i]).isLessThanOrEqualTo(allowed);
    }
  }

  @Override
  public void close() {
    executable.close();
  }
}
