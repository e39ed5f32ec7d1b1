package org.terraformer.tornado.task;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.tornado.kernel.Grid;
import org.terraformer.tornado.kernel.KernelTask;
import org.terraformer.tornado.run.ProgramTasks;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * Runs the tasks one after another as the Java methods that they are: all of their groups with one thread, for which barriers mean nothing, or a
 * few groups with several.
 */
public final class PlainJavaBackend implements Backend {
  private static final int STEPS_IN_A_GRAPH = 3;
  private static final int FEW_GROUPS = 7;

  private final int threads;

  /**
   * @param threads of a group
   */
  public PlainJavaBackend(int threads) {
    this.threads = threads;
  }

  @Override
  public String name() {
    return "tornado tasks as plain Java";
  }

  @Override
  public String description() {
    return name();
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
    return new PlainExecutable(new ProgramTasks(program, weights, limits, TornadoTasks.all(), STEPS_IN_A_GRAPH, progress), threads);
  }

  @Override
  public BandwidthProbe bandwidthProbe() {
    throw new UnsupportedOperationException();
  }

  private record PlainExecutable(ProgramTasks tasks, int threads) implements Executable {
    @Override
    public Program program() {
      return tasks.program();
    }

    @Override
    public ExecutionLimits limits() {
      return tasks.values().limits();
    }

    @Override
    public void write(Value input, int[] source, int count) {
      MemorySegment.copy(source, 0, tasks.values().array(input).getSegment(), ValueLayout.JAVA_INT, 0, count);
    }

    @Override
    public void write(Value input, float[] source, int count) {
      MemorySegment.copy(source, 0, tasks.values().array(input).getSegment(), ValueLayout.JAVA_FLOAT, 0, count);
    }

    @Override
    public void run(int firstSlot, int sequences, int length, int kept) {
      tasks.run(firstSlot, sequences, length, kept, this::runTasks);
    }

    private void runTasks(Grid grid) {
      tasks.parts().forEach(part -> part.forEach(task -> runTask(task, task.groups(grid))));
    }

    private void runTask(KernelTask task, int groups) {
      Object[] codeAndArguments = task.task().getTaskParameters();
      Object code = codeAndArguments[0];
      Object[] arguments = Arrays.copyOfRange(codeAndArguments, 1, codeAndArguments.length);
      Method apply = Arrays.stream(code.getClass().getInterfaces()[0].getMethods())
          .filter(method -> method.getName().equals("apply")).findFirst().orElseThrow();
      if (threads == 1) {
        KernelContext context = (KernelContext) arguments[0];
        for (int group = 0; group < groups; group++) {
          place(context, 0, 1, group, groups);
          invoke(apply, code, arguments);
        }
        return;
      }
      int few = Math.min(FEW_GROUPS, groups);
      for (int group = 0; group < few; group++) {
        LockStepGroup.run(group, few, threads, context -> {
          Object[] ofThread = arguments.clone();
          ofThread[0] = context;
          invoke(apply, code, ofThread);
        });
      }
    }

    private static void invoke(Method apply, Object code, Object[] arguments) {
      try {
        apply.invoke(code, arguments);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void read(Value output, float[] destination, int count) {
      MemorySegment.copy(tasks.values().array(output).getSegment(), ValueLayout.JAVA_FLOAT, 0, destination, 0, count);
    }

    @Override
    public void read(Value output, int[] destination, int count) {
      MemorySegment.copy(tasks.values().array(output).getSegment(), ValueLayout.JAVA_INT, 0, destination, 0, count);
    }

    @Override
    public void copySlot(int from, int to, int positions) {
      tasks.copySlot(from, to, positions, this::runTasks);
    }

    @Override
    public void weightsChanged() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long weightBytesPerToken() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // The arrays go with the garbage collector.
    }
  }
  /** Tells a context which thread of which group it is. */
  static void place(KernelContext context, int thread, int threads, int group, int groups) {
    try {
      set(context, "localIdx", thread);
      set(context, "localGroupSizeX", threads);
      set(context, "groupIdx", group);
      set(context, "globalIdx", group * threads + thread);
      set(context, "globalGroupSizeX", groups * threads);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void set(KernelContext context, String name, int value) throws ReflectiveOperationException {
    Field field = KernelContext.class.getField(name);
    field.setAccessible(true);
    field.set(context, value);
  }
}
