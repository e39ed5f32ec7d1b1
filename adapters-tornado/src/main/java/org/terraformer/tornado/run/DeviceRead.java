package org.terraformer.tornado.run;

import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.plan.DeviceInfo;
import org.terraformer.tornado.plan.DeviceMemory;
import org.terraformer.tornado.plan.ReadRate;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Reads a large array on the device, neighbouring threads neighbouring elements, once and several times in a launch. */
final class DeviceRead implements BandwidthProbe {
  /** 512 MiB, more than the caches of devices hold. */
  private static final long MOST_BYTES = 1L << 29;
  private static final int GROUPS = 2048;
  private static final int LAUNCHES = 3;

  private final FloatArray memory;
  private final IntArray times = new IntArray(1);
  private final PreparedPlan plan;
  private final ReadRate rate;
  private final DeviceMemory.Reservation reservation;
  private final DeviceGuard guard;

  /** The bytes of the array, of a small device an eighth of its memory. */
  static long bytes(DeviceInfo device) {
    return Math.min(MOST_BYTES, device.memory() / 8);
  }

  /**
   * @param reservation of {@link #bytes} of the device's memory, given back when this is closed
   */
  DeviceRead(DeviceInfo device, DeviceMemory.Reservation reservation, DeviceGuard guard) {
    this.reservation = reservation;
    this.guard = guard;
    memory = new FloatArray((int) (bytes(device) / Float.BYTES));
    memory.init(1);
    FloatArray sums = new FloatArray(GROUPS * KernelTask.GROUP);
    KernelTask task = KernelTask.perRow(
        TaskPackage.createPackage("read", DeviceRead::read, new KernelContext(), times, memory, sums, memory.getSize()), GROUPS);
    plan = new PreparedPlan(List.of(List.of(task)), List.of(times), Map.of(), TornadoDevices.device(device.choice()));
    // The first launch copies the array.
    seconds(1);
    rate = ReadRate.after((long) Float.BYTES * memory.getSize(), seconds(1));
  }

  /** Each time another thread reads an element, so that nothing of it can be computed once for all times. */
  static void read(KernelContext context, IntArray times, FloatArray memory, FloatArray sums, int elements) {
    float sum = 0;
    for (int time = 0; time < times.get(0); time++) {
      int first = (context.globalIdx + time * KernelTask.GROUP) % context.globalGroupSizeX;
      for (int i = first; i < elements; i += context.globalGroupSizeX) {
        sum += memory.get(i);
      }
    }
    sums.set(context.globalIdx, sum);
  }

  private double seconds(int reads) {
    times.set(0, reads);
    long start = System.nanoTime();
    plan.run();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public double bytesPerSecond() {
    double[] once = new double[LAUNCHES];
    double[] several = new double[LAUNCHES];
    guard.run("measure the memory", () -> {
      for (int i = 0; i < LAUNCHES; i++) {
        once[i] = seconds(1);
        several[i] = seconds(rate.times());
      }
    });
    return rate.bytesPerSecond(once, several);
  }

  @Override
  public void close() {
    try {
      guard.run("give back memory", plan::close);
    } finally {
      reservation.close();
    }
  }
}
