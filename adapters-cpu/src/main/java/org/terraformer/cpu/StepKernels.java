package org.terraformer.cpu;

import java.util.Arrays;
import java.util.Map;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.scalar.ScalarKernel;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.cpu.scalar.ScalarTensor;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.CausalAttention;

/** Makes the kernels of a program's steps. */
final class StepKernels {
  private final Map<Value, CpuTensor> memory;
  private final Map<String, CpuKernelFactory> factories;
  private final Map<String, ScalarKernelFactory> fallback;
  private final KernelSite site;

  StepKernels(Map<Value, CpuTensor> memory, Map<String, CpuKernelFactory> factories, Map<String, ScalarKernelFactory> fallback,
      KernelSite site) {
    this.memory = memory;
    this.factories = factories;
    this.fallback = fallback;
    this.site = site;
  }

  /** The fastest kernel there is. */
  CpuKernel fastest(Step step) {
    String name = step.operation().name();
    site.next();
    CpuKernel made = factories.containsKey(name) ? factories.get(name).create(step, operands(step), memory.get(step.result()), site) : null;
    return made == null ? plain(step) : made;
  }

  /**
   * Whether a step's plain kernel can take turns with its fastest: not where they may remember other things, as an index of buckets
   * or the buckets themselves.
   */
  boolean interchangeable(Step step) {
    return fallback.containsKey(step.operation().name()) && (step.operation() instanceof CausalAttention
        || step.operands().stream().noneMatch(value -> value.kind() == Value.Kind.STATE && value.extent() == Extent.CONTEXT));
  }

  /** The plain kernel, which worker 0 runs alone. */
  CpuKernel plain(Step step) {
    String name = step.operation().name();
    if (!fallback.containsKey(name)) {
      throw InvalidInputException.of("The backend cpu has no kernel for the operation %s.", name);
    }
    ScalarKernel kernel = fallback.get(name).create(step);
    ScalarTensor[] operands = Arrays.stream(operands(step)).map(SegmentTensor::of).toArray(ScalarTensor[]::new);
    ScalarTensor result = SegmentTensor.of(memory.get(step.result()));
    return (phase, run, worker, workers) -> {
      if (worker == 0) {
        kernel.run(run, operands, result);
      }
    };
  }

  private CpuTensor[] operands(Step step) {
    return step.operands().stream().map(memory::get).toArray(CpuTensor[]::new);
  }
}
