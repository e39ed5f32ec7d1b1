package org.terraformer.tornado;

import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;

/** The backend for accelerators. This version finds a TornadoVM runtime and its devices; it has no kernels for them yet. */
public final class TornadoBackend implements Backend {

  /** Touches no class of TornadoVM. */
  public TornadoBackend() {}

  @Override
  public String name() {
    return "tornado";
  }

  @Override
  public boolean available() {
    return false;
  }

  @Override
  public String description() {
    TornadoRuntimeProbe.Answer answer = TornadoRuntimeProbe.answer();
    return answer.devices().isEmpty()
        ? answer.problem()
        : "has no kernels in this version, though TornadoVM offers %s".formatted(String.join(", ", answer.devices()));
  }

  @Override
  public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    throw unavailable();
  }

  @Override
  public BandwidthProbe bandwidthProbe() {
    throw unavailable();
  }

  private InvalidInputException unavailable() {
    return InvalidInputException.of("The backend tornado %s.", description());
  }
}
