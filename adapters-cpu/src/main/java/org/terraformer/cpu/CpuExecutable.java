package org.terraformer.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuKernelFactory;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.cpu.run.Frame;
import org.terraformer.cpu.run.HugePages;
import org.terraformer.cpu.run.KernelClock;
import org.terraformer.cpu.run.SlotCopy;
import org.terraformer.cpu.run.ThreadCrew;
import org.terraformer.cpu.scalar.ScalarKernelFactory;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.RunProfile;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightTraffic;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** A program as a flat array of kernels that a crew of threads walks in lock-step. */
final class CpuExecutable implements Executable, Measurable {
  private static final long SCRATCH_ALIGNMENT = 4096;

  private final Program program;
  private final ExecutionLimits limits;
  private final Frame[] frames;
  private final Arena arena;
  private final Map<Value, CpuTensor> memory = new HashMap<>();
  private final Map<Tensor, CpuTensor> copies = new HashMap<>();
  private final int threads;
  private final StepKernels stepKernels;
  private final List<Step> steps;
  private final CpuKernel[] kernels;
  private final long bytesPerToken;
  private final Value starts;
  private final boolean hasContext;
  private final SlotCopy slots;
  private final long weightElements;
  private long plainProducts;
  // None as long as plain kernels run.
  private ThreadCrew crew;
  private KernelClock clock;
  private boolean closed;

  /**
   * Makes an executable, or leaves no memory behind.
   *
   * @param plainProducts products with weights, at most, of the first runs, which plain kernels compute; see {@link CpuBackend}
   */
  static CpuExecutable of(Program program, WeightSource weights, ExecutionLimits limits, Map<String, CpuKernelFactory> factories,
      Map<String, ScalarKernelFactory> fallback, int threads, long plainProducts) {
    Arena arena = Arena.ofShared();
    try {
      return new CpuExecutable(arena, program, weights, limits, factories, fallback, threads, plainProducts);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private CpuExecutable(Arena arena, Program program, WeightSource weights, ExecutionLimits limits, Map<String, CpuKernelFactory> factories,
      Map<String, ScalarKernelFactory> fallback, int threads, long plainProducts) {
    this.arena = arena;
    this.program = program;
    this.limits = limits;
    this.threads = threads;
    this.plainProducts = plainProducts;
    this.frames = IntStream.range(0, threads).mapToObj(worker -> new Frame(limits, worker)).toArray(Frame[]::new);
    this.starts = program.hasInput(Recorder.POSITIONS) ? program.input(Recorder.POSITIONS) : null;
    this.hasContext = program.states().stream().anyMatch(state -> state.extent() == Extent.CONTEXT);
    this.slots = new SlotCopy(program, limits);
    this.bytesPerToken = WeightTraffic.bytesPerToken(program, weights);
    this.weightElements = program.weights().stream().mapToLong(weight -> weight.shape().elements()).sum();
    placeValues(weights);
    this.stepKernels = new StepKernels(memory, factories, fallback, new KernelSite(limits, threads, arena));
    this.steps = program.steps().stream().filter(step -> !(step.operation() instanceof Reshape)).toList();
    this.kernels = new CpuKernel[steps.size()];
    for (int i = 0; i < kernels.length; i++) {
      Step step = steps.get(i);
      kernels[i] = plainProducts > 0 && stepKernels.interchangeable(step) ? stepKernels.plain(step) : stepKernels.fastest(step);
    }
    useScratch();
    if (plainProducts == 0) {
      gatherCrew();
    }
  }

  private void useScratch() {
    long scratch = Arrays.stream(kernels).mapToLong(CpuKernel::scratchBytes).max().orElse(0);
    long stride = (scratch + SCRATCH_ALIGNMENT - 1) / SCRATCH_ALIGNMENT * SCRATCH_ALIGNMENT;
    long address = HugePages.allocate(Math.max(1, threads * stride), SCRATCH_ALIGNMENT, arena).address();
    for (Frame frame : frames) {
      frame.useScratch(address + frame.worker() * stride);
    }
  }

  private void useFastestKernels() {
    for (int i = 0; i < kernels.length; i++) {
      if (stepKernels.interchangeable(steps.get(i))) {
        kernels[i] = stepKernels.fastest(steps.get(i));
      }
    }
    useScratch();
    gatherCrew();
  }

  private void gatherCrew() {
    crew = new ThreadCrew(threads, this::walk);
  }

  private void placeValues(WeightSource weights) {
    MemoryPlan plan = new MemoryPlan(program, limits);
    MemorySegment results = HugePages.allocate(Math.max(64, plan.totalBytes()), 64, arena);
    for (Value value : program.values()) {
      CpuTensor tensor = switch (value.kind()) {
        case MATRIX, VECTOR -> weight(value, weights.find(value.name()).orElseThrow());
        case INPUT -> new CpuTensor(value, value.dtype(), arena.allocate(MemoryPlan.bytes(value, limits), 64), MemorySegment.NULL);
        case STATE -> state(value);
        case RESULT -> {
          Value root = plan.root(value);
          MemorySegment data = root.kind() == Value.Kind.RESULT
              ? results.asSlice(plan.offset(root), MemoryPlan.bytes(root, limits)) : memory.get(root).data();
          yield new CpuTensor(value, value.dtype(), data, MemorySegment.NULL);
        }
      };
      memory.put(value, tensor);
    }
  }

  /** Matrices are used where they lie, if their elements are aligned and off the heap; vectors become F32. */
  private CpuTensor weight(Value value, Tensor tensor) {
    Tensor stored = stored(value, tensor, arena);
    CpuTensor placed = new CpuTensor(value, stored.dtype(), placed(stored.data(), elementBytes(stored.dtype())),
        placed(stored.scales(), 2));
    if (!placed.data().equals(tensor.data()) || !placed.scales().equals(tensor.scales())) {
      copies.put(tensor, placed);
    }
    return placed;
  }

  private static Tensor stored(Value value, Tensor tensor, Arena arena) {
    return value.kind() == Value.Kind.VECTOR ? Conversion.convert(tensor, DType.F32, arena) : tensor;
  }

  private MemorySegment placed(MemorySegment segment, int alignment) {
    if (segment.byteSize() == 0 || segment.isNative() && segment.address() % alignment == 0) {
      return segment;
    }
    return arena.allocate(segment.byteSize(), 64).copyFrom(segment);
  }

  private static int elementBytes(DType dtype) {
    return (int) dtype.dataBytes(Shape.of(1));
  }

  private CpuTensor state(Value value) {
    MemorySegment data = HugePages.allocate(Math.max(64, stateBytes(value, limits)), 64, arena);
    return new CpuTensor(value, stateType(value, limits), data, MemorySegment.NULL);
  }

  private static DType stateType(Value state, ExecutionLimits limits) {
    return state.extent() == Extent.CONTEXT && state.dtype() == DType.F32 ? limits.cache() : state.dtype();
  }

  static long stateBytes(Value state, ExecutionLimits limits) {
    return limits.capacity(state.extent()) * state.width() * elementBytes(stateType(state, limits));
  }

  private void walk(int worker) {
    Frame frame = frames[worker];
    KernelClock timer = worker == 0 ? clock : null;
    if (timer != null) {
      timer.start();
    }
    for (int i = 0; i < kernels.length; i++) {
      CpuKernel kernel = kernels[i];
      for (int phase = 0; phase < kernel.phases(frame); phase++) {
        if (!crew.failed()) {
          try {
            run(kernel, phase, frame);
          } catch (RuntimeException | Error e) {
            crew.fail(e);
          }
        }
        if (timer != null) {
          timer.worked(i);
        }
        if (!kernel.meetsAfter(phase, frame)) {
          continue;
        }
        crew.meet();
        if (timer != null) {
          timer.met(i);
        }
      }
    }
  }

  /** A worker's own shares of a phase, one after another, and then what the others have left of theirs. */
  private void run(CpuKernel kernel, int phase, Frame frame) {
    int workers = frames.length;
    int each = workers == 1 ? 1 : kernel.sharesPerWorker(phase, frame, workers);
    if (each == 1) {
      kernel.run(phase, frame, frame.worker(), workers);
      return;
    }
    for (int i = 0; i < workers; i++) {
      int owner = (frame.worker() + i) % workers;
      for (int share = crew.claim(owner); share < each; share = crew.claim(owner)) {
        kernel.run(phase, frame, owner * each + share, workers * each);
      }
    }
  }

  private void walkAlone() {
    for (CpuKernel kernel : kernels) {
      for (int phase = 0; phase < kernel.phases(frames[0]); phase++) {
        kernel.run(phase, frames[0], 0, 1);
      }
    }
  }

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
    MemorySegment.copy(source, 0, memory.get(input).data(), ValueLayout.JAVA_INT, 0, count);
  }

  @Override
  public void write(Value input, float[] source, int count) {
    MemorySegment.copy(source, 0, memory.get(input).data(), ValueLayout.JAVA_FLOAT, 0, count);
  }

  @Override
  public void run(int firstSlot, int sequences, int length, int kept) {
    if (closed) {
      throw new IllegalStateException("The executable is closed.");
    }
    RunCheck.check(limits, firstSlot, sequences, length, kept);
    if (starts != null) {
      MemorySegment positions = memory.get(starts).data();
      for (int i = 0; i < sequences; i++) {
        int position = positions.getAtIndex(ValueLayout.JAVA_INT, i);
        if (hasContext) {
          RunCheck.checkPosition(limits, position, length);
        } else {
          RunCheck.checkPosition(position, length);
        }
      }
    }
    for (Frame frame : frames) {
      frame.set(firstSlot, sequences, length, kept);
    }
    if (crew == null) {
      plainProducts -= weightElements * frames[0].rows();
      if (plainProducts >= 0) {
        walkAlone();
        return;
      }
      useFastestKernels();
    }
    if (clock == null) {
      crew.run();
      return;
    }
    long start = System.nanoTime();
    crew.run();
    clock.ran(System.nanoTime() - start);
  }

  @Override
  public RunProfile profile(Runnable runs) {
    if (crew == null) {
      useFastestKernels();
    }
    KernelClock timer = new KernelClock(kernels.length);
    clock = timer;
    try {
      runs.run();
    } finally {
      clock = null;
    }
    List<RunProfile.StepTime> times = new ArrayList<>();
    for (int i = 0; i < kernels.length; i++) {
      times.add(new RunProfile.StepTime(steps.get(i), timer.working(i), timer.waiting(i)));
    }
    return new RunProfile(timer.runs(), timer.seconds(), times);
  }

  @Override
  public void fillState(int slot, float[] elements) {
    for (Value state : program.states()) {
      CpuTensor tensor = memory.get(state);
      if (tensor.dtype() == DType.F32 || tensor.dtype() == DType.BF16) {
        long bytes = slotBytes(state, tensor);
        StateFill.fill(tensor.data().asSlice(slot * bytes, bytes), tensor.dtype(), elements);
      }
    }
  }

  @Override
  public void read(Value output, float[] destination, int count) {
    MemorySegment.copy(memory.get(output).data(), ValueLayout.JAVA_FLOAT, 0, destination, 0, count);
  }

  @Override
  public void read(Value output, int[] destination, int count) {
    MemorySegment.copy(memory.get(output).data(), ValueLayout.JAVA_INT, 0, destination, 0, count);
  }

  @Override
  public Optional<MemorySegment> memory(Value output) {
    return Optional.of(memory.get(output).data().asSlice(0, limits.capacity(output.extent()) * output.width() * Float.BYTES));
  }

  @Override
  public void copySlot(int from, int to, int positions) {
    slots.copy(from, to, positions, (state, source, target, count) -> {
      CpuTensor tensor = memory.get(state);
      long size = elementBytes(tensor.dtype());
      MemorySegment.copy(tensor.data(), source * size, tensor.data(), target * size, count * size);
    });
  }

  private long slotBytes(Value state, CpuTensor tensor) {
    long items = state.extent() == Extent.CONTEXT ? limits.contextLength() : 1;
    return items * state.width() * elementBytes(tensor.dtype());
  }

  @Override
  public void weightsChanged() {
    copies.forEach((source, copy) -> {
      try (Arena temporary = Arena.ofConfined()) {
        Tensor now = stored(copy.value(), source, temporary);
        copyChanged(now.data(), copy.data());
        copyChanged(now.scales(), copy.scales());
      }
    });
  }

  private static void copyChanged(MemorySegment source, MemorySegment copy) {
    if (!copy.equals(source)) {
      copy.copyFrom(source);
    }
  }

  @Override
  public long weightBytesPerToken() {
    return bytesPerToken;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (crew != null) {
      crew.close();
    }
    arena.close();
  }
}
