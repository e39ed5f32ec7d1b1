package org.terraformer.app.bench;

import java.util.List;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Attention without the projections around it, whose inputs, queries, keys and values alike, are written before each run. */
final class TimedAttention implements AutoCloseable {
  private final Executable executable;
  private final List<Value> inputs;
  private final Value positions;
  private final int[] start = new int[1];

  TimedAttention(Program program, Backend backend, int rows, int capacity, DType cache) {
    this.executable = backend.prepare(
        program, new NamedTensors("attention", List.of()), new ExecutionLimits(1, rows, capacity, cache), ProgressListener.NONE);
    this.inputs = program.inputs().stream().filter(input -> input.dtype() == DType.F32).toList();
    this.positions = program.input(Recorder.POSITIONS);
  }

  Executable executable() {
    return executable;
  }

  /**
   * Runs rows from a position on.
   *
   * @return seconds of the run alone
   */
  double run(float[] rows, int length, int position) {
    for (Value input : inputs) {
      executable.write(input, rows, length * input.width());
    }
    start[0] = position;
    executable.write(positions, start, 1);
    long begin = System.nanoTime();
    executable.run(0, 1, length, length);
    return (System.nanoTime() - begin) / 1e9;
  }

  /** The integers of an output for so many rows. */
  int[] integers(String output, int rows) {
    Value value = executable.program().output(output);
    int[] integers = new int[rows * value.width()];
    executable.read(value, integers, integers.length);
    return integers;
  }

  @Override
  public void close() {
    executable.close();
  }
}
