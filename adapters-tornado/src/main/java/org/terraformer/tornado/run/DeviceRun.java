package org.terraformer.tornado.run;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.tornado.kernel.TornadoKernelFactory;
import org.terraformer.tornado.plan.BufferPlan;
import org.terraformer.tornado.plan.DeviceChoice;
import org.terraformer.tornado.plan.DeviceInfo;
import org.terraformer.tornado.plan.DeviceMemory;
import org.terraformer.tornado.plan.MemoryNeeds;

/** Prepares programs for a device that has shown that it computes rightly. */
public final class DeviceRun {
  /** TornadoVM writes a graph as bytecode, into an array of this size; a step takes less than that many bytes of it. */
  private static final int BYTECODE = Integer.getInteger("tornado.tvm.maxbytecodesize", 4096);
  private static final int BYTES_PER_STEP = 256;
  /** TornadoVM allows 256 tasks in a graph. Most steps have one or two, attention among buckets up to nine. */
  private static final int MOST_STEPS = 60;

  /** A device is this process's as a whole, whoever prepares something for it. */
  private static final DeviceMemory MEMORY = new DeviceMemory();
  private static final String MODEL = "The model";
  private static final Set<DeviceChoice> TRUSTED = ConcurrentHashMap.newKeySet();

  private DeviceRun() {}

  /**
   * @throws InvalidInputException if the device computes wrongly, has too little memory, can't take a kernel, or an operation has none
   */
  public static Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, Map<String, TornadoKernelFactory> kernels,
      DeviceInfo device, ProgressListener progress) {
    ProgramTasks.requireKernels(program, kernels);
    MEMORY.require(MODEL, MemoryNeeds.bytes(program, weights, limits, new BufferPlan(program, limits)), device);
    if (!TRUSTED.contains(device.choice())) {
      SelfTest.run((tested, testedWeights, testedLimits) -> prepareUntested(tested, testedWeights, testedLimits, kernels, device,
          ProgressListener.NONE), device);
      TRUSTED.add(device.choice());
    }
    return prepareUntested(program, weights, limits, kernels, device, progress);
  }

  private static Executable prepareUntested(Program program, WeightSource weights, ExecutionLimits limits,
      Map<String, TornadoKernelFactory> kernels, DeviceInfo device, ProgressListener progress) {
    int mostSteps = Math.clamp(BYTECODE / BYTES_PER_STEP, 1, MOST_STEPS);
    ProgramTasks tasks = new ProgramTasks(program, weights, limits, kernels, mostSteps, progress);
    KernelClasses.requireFound(tasks.parts());
    DeviceGuard guard = new DeviceGuard(device);
    return guard.get("prepare the model", () -> {
      DeviceMemory.Reservation memory = MEMORY.reserve(MODEL, tasks.values().bytes(), device);
      try {
        return new TornadoExecutable(tasks, weights, memory, guard, TornadoDevices.device(device.choice()));
      } catch (RuntimeException | Error e) {
        memory.close();
        throw e;
      }
    });
  }

  /** A streaming read of the device's memory. */
  public static BandwidthProbe bandwidthProbe(DeviceInfo device) {
    DeviceGuard guard = new DeviceGuard(device);
    return guard.get("measure the memory", () -> {
      DeviceMemory.Reservation memory = MEMORY.reserve("The streaming read", DeviceRead.bytes(device), device);
      try {
        return new DeviceRead(device, memory, guard);
      } catch (RuntimeException | Error e) {
        memory.close();
        throw e;
      }
    });
  }
}
