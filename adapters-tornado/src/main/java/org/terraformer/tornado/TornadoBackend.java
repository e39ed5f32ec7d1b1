package org.terraformer.tornado;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.MemoryForecast;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.tornado.kernel.TornadoKernelFactory;
import org.terraformer.tornado.plan.BufferPlan;
import org.terraformer.tornado.plan.DeviceChoice;
import org.terraformer.tornado.plan.DeviceInfo;
import org.terraformer.tornado.plan.MemoryNeeds;
import org.terraformer.tornado.run.DeviceRun;

/** The backend for accelerators, through a TornadoVM runtime if Java was started with one. */
public final class TornadoBackend implements Backend, MemoryForecast {
  private final Map<String, TornadoKernelFactory> kernels;
  private final Optional<String> device;

  /**
   * Touches no class of TornadoVM.
   *
   * @param kernels by operation name
   * @param device which device, as {@code 0:1}; the first if empty
   */
  public TornadoBackend(Map<String, TornadoKernelFactory> kernels, Optional<String> device) {
    this.kernels = Map.copyOf(kernels);
    this.device = device;
  }

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public boolean available() {
    return !TornadoRuntimeProbe.answer().devices().isEmpty();
  }

  @Override
  public String description() {
    TornadoRuntimeProbe.Answer answer = TornadoRuntimeProbe.answer();
    return answer.devices().isEmpty() ? answer.problem()
        : "TornadoVM with %s".formatted(String.join(", ", answer.devices().stream().map(DeviceInfo::toString).toList()));
  }

  /** The chosen device; where there is none of that number, all. */
  @Override
  public String runsOn() {
    return DeviceChoice.find(device, TornadoRuntimeProbe.answer().devices()).map(DeviceInfo::toString).orElseGet(this::description);
  }

  @Override
  public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    DeviceInfo chosen = chosen();
    WeightCheck.check(program, weights);
    return DeviceRun.prepare(program, weights, limits, kernels, chosen, progress);
  }

  /** On the device and here alike, without the little that kernels need for themselves. */
  @Override
  public long executableBytes(Program program, WeightSource weights, ExecutionLimits limits) {
    return MemoryNeeds.bytes(program, weights, limits, new BufferPlan(program, limits));
  }

  @Override
  public boolean distant() {
    return true;
  }

  @Override
  public BandwidthProbe bandwidthProbe() {
    return DeviceRun.bandwidthProbe(chosen());
  }

  private DeviceInfo chosen() {
    List<DeviceInfo> devices = TornadoRuntimeProbe.answer().devices();
    if (devices.isEmpty()) {
      throw InvalidInputException.of("The backend tornado %s.", description());
    }
    return DeviceChoice.of(device, devices);
  }
}
