package org.terraformer.tornado.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Reshape;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.tornado.kernel.Grid;
import org.terraformer.tornado.kernel.KernelSite;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.kernel.TornadoKernelFactory;
import org.terraformer.tornado.plan.BufferPlan;
import org.terraformer.tornado.plan.ProgramParts;
import org.terraformer.tornado.task.StateTasks;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A program as tasks, graph by graph, with their arrays; whoever runs them in order runs the program. */
public final class ProgramTasks {
  private final Program program;
  private final PlacedValues values;
  private final List<List<KernelTask>> parts = new ArrayList<>();
  private final Map<TornadoNativeArray, Integer> outputs = new IdentityHashMap<>();
  private final Set<Value> copied = new HashSet<>();

  /**
   * @param mostSteps steps that a graph may have
   * @throws InvalidInputException naming an operation without a kernel, or a value that is too large
   */
  public ProgramTasks(Program program, WeightSource weights, ExecutionLimits limits, Map<String, TornadoKernelFactory> kernels,
      int mostSteps, ProgressListener progress) {
    requireKernels(program, kernels);
    this.program = program;
    this.values = new PlacedValues(program, weights, limits, new BufferPlan(program, limits), progress);
    int number = 0;
    for (List<Step> steps : ProgramParts.of(program.steps(), mostSteps)) {
      List<KernelTask> tasks = new ArrayList<>();
      for (Step step : steps) {
        String name = "s" + number++ + "_" + step.operation().name();
        copies(step, name, tasks);
        tasks.addAll(kernels.get(step.operation().name()).create(new KernelSite(step, name, values)));
        if (program.outputs().values().stream().anyMatch(output -> values.array(output) == values.array(step.result()))) {
          outputs.put(values.array(step.result()), parts.size());
        }
      }
      parts.add(tasks);
    }
  }

  /** What a program needs that this backend does not have, told before anything is allocated. */
  static void requireKernels(Program program, Map<String, TornadoKernelFactory> kernels) {
    for (Step step : program.steps()) {
      String name = step.operation().name();
      if (!(step.operation() instanceof Reshape) && !kernels.containsKey(name)) {
        throw InvalidInputException.of("The backend tornado has no kernel for the operation %s.", name);
      }
    }
  }

  /** With several slots, state can be copied from one to another before the first step that has it runs. */
  private void copies(Step step, String name, List<KernelTask> tasks) {
    if (values.limits().sequences() > 1) {
      for (Value operand : step.operands()) {
        if (operand.kind() == Value.Kind.STATE && operand.width() > 0 && copied.add(operand)) {
          boolean cache = operand.extent() == Extent.CONTEXT;
          int elements = (cache ? values.limits().contextLength() : 1) * operand.width();
          tasks.add(StateTasks.copySlot(name + "_copy" + operand.id(), values.run(), values.array(operand), elements,
              cache ? operand.width() : 0));
        }
      }
    }
  }

  public Program program() {
    return program;
  }

  public PlacedValues values() {
    return values;
  }

  /** The tasks of each graph. */
  public List<List<KernelTask>> parts() {
    return parts;
  }

  /** What the host writes before a run. */
  public Collection<TornadoNativeArray> inputs() {
    List<TornadoNativeArray> inputs = new ArrayList<>(List.of(values.run()));
    program.inputs().forEach(input -> inputs.add(values.array(input)));
    return inputs;
  }

  /** The arrays of outputs, with the number of the graph that writes them. */
  public Map<TornadoNativeArray, Integer> outputs() {
    return outputs;
  }

  /**
   * Writes what a run works on, and runs.
   *
   * @param parts runs the tasks of all graphs, on one of their grids
   * @throws InvalidInputException if that exceeds the limits; tables of position features end where the context does
   */
  public void run(int firstSlot, int sequences, int length, int kept, Consumer<Grid> parts) {
    RunCheck.check(values.limits(), firstSlot, sequences, length, kept);
    if (program.hasInput(Recorder.POSITIONS)) {
      IntArray positions = (IntArray) values.array(program.input(Recorder.POSITIONS));
      for (int i = 0; i < sequences; i++) {
        RunCheck.checkPosition(values.limits(), positions.get(i), length);
      }
    }
    RunParameters.set(values.run(), firstSlot, sequences, length, kept);
    parts.accept(Grid.of(length));
    RunParameters.clearCopies(values.run());
  }

  /** Lets all state of a slot be copied to another, by the next run, or by one without rows where that has many copies to make already. */
  public void copySlot(int from, int to, int positions, Consumer<Grid> parts) {
    if (from == to || program.states().isEmpty()) {
      return;
    }
    if (RunParameters.fullOfCopies(values.run())) {
      runWithoutRows(parts);
    }
    RunParameters.addCopy(values.run(), from, to, positions);
  }

  /** Runs the tasks with nothing to compute. */
  public void runWithoutRows(Consumer<Grid> parts) {
    RunParameters.set(values.run(), 0, 0, 0, 0);
    parts.accept(Grid.STEP);
    RunParameters.clearCopies(values.run());
  }
}
