package org.terraformer.tornado.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightTraffic;
import org.terraformer.tornado.plan.DeviceMemory;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A program on a device: one plan, replayed for every run. */
final class TornadoExecutable implements Executable {
  private final ProgramTasks tasks;
  private final long bytesPerToken;
  private final DeviceMemory.Reservation memory;
  private final DeviceGuard guard;
  private final PreparedPlan plan;
  private boolean closed;

  /**
   * @param memory of the device, given back when this is closed
   */
  TornadoExecutable(ProgramTasks tasks, WeightSource weights, DeviceMemory.Reservation memory, DeviceGuard guard,
      TornadoDevice device) {
    this.tasks = tasks;
    this.bytesPerToken = WeightTraffic.bytesPerToken(tasks.program(), weights);
    this.memory = memory;
    this.guard = guard;
    this.plan = new PreparedPlan(tasks.parts(), tasks.inputs(), tasks.outputs(), device);
    try {
      // Copies the weights, and finds out whether the device takes the kernels.
      tasks.runWithoutRows(plan::run);
    } catch (RuntimeException | Error e) {
      try {
        plan.close();
      } catch (RuntimeException | Error second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  @Override
  public Program program() {
    return tasks.program();
  }

  @Override
  public ExecutionLimits limits() {
    return tasks.values().limits();
  }

  @Override
  public void write(Value input, int[] source, int count) {
    MemorySegment.copy(source, 0, tasks.values().array(input).getSegment(), ValueLayout.JAVA_INT, 0, count);
  }

  @Override
  public void write(Value input, float[] source, int count) {
    MemorySegment.copy(source, 0, tasks.values().array(input).getSegment(), ValueLayout.JAVA_FLOAT, 0, count);
  }

  @Override
  public void run(int firstSlot, int sequences, int length, int kept) {
    if (closed) {
      throw new IllegalStateException("The executable is closed.");
    }
    tasks.run(firstSlot, sequences, length, kept, grid -> guard.run("run the model", () -> plan.run(grid)));
  }

  @Override
  public void read(Value output, float[] destination, int count) {
    MemorySegment.copy(fetch(output, count).getSegment(), ValueLayout.JAVA_FLOAT, 0, destination, 0, count);
  }

  @Override
  public void read(Value output, int[] destination, int count) {
    MemorySegment.copy(fetch(output, count).getSegment(), ValueLayout.JAVA_INT, 0, destination, 0, count);
  }

  private TornadoNativeArray fetch(Value output, int count) {
    TornadoNativeArray array = tasks.values().array(output);
    if (count > 0 && tasks.outputs().containsKey(array)) {
      guard.run("read what the model computed", () -> plan.fetch(array, count));
    }
    return array;
  }

  @Override
  public void copySlot(int from, int to, int positions) {
    tasks.copySlot(from, to, positions, grid -> guard.run("copy what the model remembers", () -> plan.run(grid)));
  }

  @Override
  public void weightsChanged() {
    throw new InvalidInputException("The backend tornado keeps a copy of the weights on the device and does not follow their changes.");
  }

  @Override
  public long weightBytesPerToken() {
    return bytesPerToken;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        guard.run("give back memory", plan::close);
      } finally {
        memory.close();
      }
    }
  }
}
