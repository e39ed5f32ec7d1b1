package org.terraformer.cpu.scalar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.cpu.run.Frame;
import org.terraformer.cpu.run.SlotCopy;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightTraffic;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** A program as a loop over its operations. */
final class ScalarExecutable implements Executable {
  private final Program program;
  private final ExecutionLimits limits;
  private final Frame frame;
  private final Map<Value, ScalarTensor> memory = new HashMap<>();
  private final List<Bound> bound;
  private final long bytesPerToken;
  private final SlotCopy slots;
  private boolean closed;

  ScalarExecutable(Program program, WeightSource weights, ExecutionLimits limits,
      Map<String, ScalarKernelFactory> kernels, boolean doublePrecision) {
    this.program = program;
    this.limits = limits;
    this.frame = new Frame(limits);
    for (Value value : program.values()) {
      if (value.isWeight()) {
        memory.put(value, ScalarWeight.of(weights.find(value.name()).orElseThrow()));
      } else if (value.kind() != Value.Kind.RESULT) {
        memory.put(value, allocate(value, doublePrecision));
      }
    }
    for (Step step : program.steps()) {
      memory.put(step.result(), step.operation() instanceof Reshape
          ? memory.get(step.operands().getFirst()) : allocate(step.result(), doublePrecision));
    }
    this.bound = program.steps().stream().filter(step -> !(step.operation() instanceof Reshape)).map(step -> bind(step, kernels)).toList();
    this.slots = new SlotCopy(program, limits);
    this.bytesPerToken = WeightTraffic.bytesPerToken(program, weights);
  }

  /** The bytes of all values but the weights. */
  static long heapBytes(Program program, ExecutionLimits limits) {
    long elements = program.values().stream().filter(value -> !value.isWeight())
        .mapToLong(value -> limits.capacity(value.extent()) * value.width()).sum();
    return Double.BYTES * elements;
  }

  private ScalarTensor allocate(Value value, boolean doublePrecision) {
    ScalarArray.Rounding rounding = doublePrecision || value.dtype() == DType.I32 ? ScalarArray.Rounding.NONE
        : value.extent() == Extent.CONTEXT && limits.cache() == DType.BF16 ? ScalarArray.Rounding.BF16
        : ScalarArray.Rounding.F32;
    long items = limits.capacity(value.extent());
    if (value.width() > 0 && items > ScalarArray.MOST_ELEMENTS / value.width()) {
      throw InvalidInputException.of("The backend scalar holds at most %d elements of a value, which %d of %s exceed.",
          ScalarArray.MOST_ELEMENTS, items, value);
    }
    return new ScalarArray((int) items * value.width(), rounding);
  }

  private Bound bind(Step step, Map<String, ScalarKernelFactory> kernels) {
    ScalarKernelFactory factory = kernels.get(step.operation().name());
    if (factory == null) {
      throw InvalidInputException.of("The backend scalar has no kernel for the operation %s.", step.operation().name());
    }
    ScalarTensor[] operands = step.operands().stream().map(memory::get).toArray(ScalarTensor[]::new);
    return new Bound(factory.create(step), operands, memory.get(step.result()));
  }

  private record Bound(ScalarKernel kernel, ScalarTensor[] operands, ScalarTensor result) {}

  @Override
  public Program program() {
    return program;
  }

  @Override
  public ExecutionLimits limits() {
    return limits;
  }

  @Override
  public void write(Value input, int[] source, int count) {
    ScalarTensor tensor = open(input);
    for (int i = 0; i < count; i++) {
      tensor.setInt(i, source[i]);
    }
  }

  @Override
  public void write(Value input, float[] source, int count) {
    ScalarTensor tensor = open(input);
    for (int i = 0; i < count; i++) {
      tensor.set(i, source[i]);
    }
  }

  private ScalarTensor open(Value value) {
    requireOpen();
    return memory.get(value);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The executable is closed.");
    }
  }

  @Override
  public void run(int firstSlot, int sequences, int length, int kept) {
    requireOpen();
    RunCheck.check(limits, firstSlot, sequences, length, kept);
    if (program.hasInput(Recorder.POSITIONS)) {
      ScalarTensor positions = memory.get(program.input(Recorder.POSITIONS));
      for (int i = 0; i < sequences; i++) {
        RunCheck.checkPosition(positions.getInt(i), length);
      }
    }
    frame.set(firstSlot, sequences, length, kept);
    for (Bound step : bound) {
      step.kernel.run(frame, step.operands, step.result);
    }
  }

  @Override
  public void read(Value output, float[] destination, int count) {
    ScalarTensor tensor = open(output);
    for (int i = 0; i < count; i++) {
      destination[i] = (float) tensor.get(i);
    }
  }

  @Override
  public void read(Value output, int[] destination, int count) {
    ScalarTensor tensor = open(output);
    for (int i = 0; i < count; i++) {
      destination[i] = tensor.getInt(i);
    }
  }

  @Override
  public void copySlot(int from, int to, int positions) {
    requireOpen();
    slots.copy(from, to, positions, (state, source, target, count) ->
        ((ScalarArray) memory.get(state)).copy((int) source, (int) target, (int) count));
  }

  @Override
  public void weightsChanged() {
    // Weights are read where they lie.
  }

  @Override
  public long weightBytesPerToken() {
    return bytesPerToken;
  }

  @Override
  public void close() {
    closed = true;
    memory.clear();
  }
}
