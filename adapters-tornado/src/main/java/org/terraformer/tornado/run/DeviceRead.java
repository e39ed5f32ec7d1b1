package org.terraformer.tornado.run;

import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.plan.DeviceInfo;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Reads a large array on the device, neighbouring threads neighbouring elements. */
final class DeviceRead implements BandwidthProbe {
  private static final int MOST_ELEMENTS = 1 << 26;
  private static final int GROUPS = 2048;

  private final FloatArray memory;
  private final PreparedPlan plan;

  DeviceRead(DeviceInfo device) {
    memory = new FloatArray((int) Math.min(MOST_ELEMENTS, device.memory() / 8 / Float.BYTES));
    memory.init(1);
    FloatArray sums = new FloatArray(GROUPS * KernelTask.GROUP);
    KernelTask task = KernelTask.perRow(
        TaskPackage.createPackage("read", DeviceRead::read, new KernelContext(), memory, sums, memory.getSize()), GROUPS);
    plan = new PreparedPlan(List.of(List.of(task)), List.of(), Map.of(), TornadoDevices.device(device.choice()));
    plan.run();
  }

  static void read(KernelContext context, FloatArray memory, FloatArray sums, int elements) {
    float sum = 0;
    for (int i = context.globalIdx; i < elements; i += context.globalGroupSizeX) {
      sum += memory.get(i);
    }
    sums.set(context.globalIdx, sum);
  }

  @Override
  public double bytesPerSecond() {
    long start = System.nanoTime();
    plan.run();
    return (double) Float.BYTES * memory.getSize() / ((System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    plan.close();
  }
}
