package org.terraformer.tornado.run;

import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.tornado.kernel.Grid;
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
  private static final int GROUPS = 4096;
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

  /** Each time a thread begins with another of its elements, so that no sum of one time is that of the next. */
  static void read(KernelContext context, IntArray times, FloatArray memory, FloatArray sums, int elements) {
    int step = context.globalGroupSizeX;
    int rounds = (elements + step - 1) / step;
    float sum = 0;
    for (int time = 0; time < times.get(0); time++) {
      int first = time % rounds * step;
      sum += sum(memory, first + context.globalIdx, elements, step);
      sum += sum(memory, context.globalIdx, first, step);
    }
    sums.set(context.globalIdx, sum);
  }

  /** In four sums, so that a read does not wait for the one before. */
  private static float sum(FloatArray memory, int from, int to, int step) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    int i = from;
    for (; i < to - 3 * step; i += 4 * step) {
      first += memory.get(i);
      second += memory.get(i + step);
      third += memory.get(i + 2 * step);
      fourth += memory.get(i + 3 * step);
    }
    for (; i < to; i += step) {
      first += memory.get(i);
    }
    return first + second + third + fourth;
  }

  private double seconds(int reads) {
    times.set(0, reads);
    long start = System.nanoTime();
    plan.run(Grid.STEP);
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
