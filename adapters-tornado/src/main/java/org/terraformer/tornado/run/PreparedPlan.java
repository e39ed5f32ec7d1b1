package org.terraformer.tornado.run;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.terraformer.tornado.kernel.Grid;
import org.terraformer.tornado.kernel.KernelTask;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Task graphs that run one after another, again and again. What the host writes goes to the device in every run. All else is copied once
 * and stays there: what one graph uses, in that graph; what several use is handed from each graph to the next. Results come back when
 * they are asked for.
 */
final class PreparedPlan implements AutoCloseable {
  private static final AtomicInteger PLANS = new AtomicInteger();

  private final String name = "p" + PLANS.incrementAndGet();
  private final Map<TornadoNativeArray, Integer> firstUse = new IdentityHashMap<>();
  private final Map<TornadoNativeArray, Integer> lastUse = new IdentityHashMap<>();
  private final Map<TornadoNativeArray, Integer> outputs;
  private final Map<Grid, GridScheduler> grids = new EnumMap<>(Grid.class);
  private final TornadoExecutionPlan plan;
  private final TornadoExecutionResult[] results;

  /**
   * @param parts the tasks of each graph
   * @param inputs what the host writes
   * @param outputs what the host may read, with the number of the graph that writes it last
   */
  PreparedPlan(List<List<KernelTask>> parts, Collection<? extends TornadoNativeArray> inputs, Map<TornadoNativeArray, Integer> outputs,
      TornadoDevice device) {
    this.outputs = new IdentityHashMap<>(outputs);
    this.results = new TornadoExecutionResult[parts.size()];
    Set<TornadoNativeArray> fromHost = identitySet();
    fromHost.addAll(inputs);
    for (int i = 0; i < parts.size(); i++) {
      findUses(arrays(parts.get(i)), i);
    }
    for (Grid grid : Grid.values()) {
      grids.put(grid, new GridScheduler());
    }
    ImmutableTaskGraph[] graphs = new ImmutableTaskGraph[parts.size()];
    for (int i = 0; i < graphs.length; i++) {
      graphs[i] = graph(i, parts.get(i), fromHost).snapshot();
    }
    this.plan = new TornadoExecutionPlan(graphs);
    plan.withDevice(device);
    plan.withGridScheduler(grids.get(Grid.STEP));
    plan.withPreCompilation();
  }

  private static Set<TornadoNativeArray> arrays(List<KernelTask> tasks) {
    Set<TornadoNativeArray> arrays = identitySet();
    for (KernelTask task : tasks) {
      for (Object argument : task.task().getTaskParameters()) {
        if (argument instanceof TornadoNativeArray array) {
          arrays.add(array);
        }
      }
    }
    return arrays;
  }

  private static Set<TornadoNativeArray> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private void findUses(Set<TornadoNativeArray> arrays, int graph) {
    for (TornadoNativeArray array : arrays) {
      firstUse.putIfAbsent(array, graph);
      lastUse.put(array, graph);
    }
  }

  private Set<TornadoNativeArray> arraysWhere(Predicate<TornadoNativeArray> condition) {
    Set<TornadoNativeArray> arrays = identitySet();
    firstUse.keySet().stream().filter(condition).forEach(arrays::add);
    return arrays;
  }

  /** The array comes to the device with the first graph that uses it, and is handed on up to the last. */
  private TaskGraph graph(int index, List<KernelTask> tasks, Set<TornadoNativeArray> inputs) {
    String graphName = name + "g" + index;
    TaskGraph graph = new TaskGraph(graphName);
    Set<TornadoNativeArray> taken = arraysWhere(array -> firstUse.get(array) < index && lastUse.get(array) >= index);
    if (!taken.isEmpty()) {
      graph.consumeFromDevice(name + "g" + (index - 1), taken.toArray());
    }
    Set<TornadoNativeArray> written = arraysWhere(array -> firstUse.get(array) == index && inputs.contains(array));
    if (!written.isEmpty()) {
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, written.toArray());
    }
    Set<TornadoNativeArray> constant = arraysWhere(array -> firstUse.get(array) == index && !inputs.contains(array));
    if (!constant.isEmpty()) {
      graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, constant.toArray());
    }
    for (KernelTask task : tasks) {
      graph.addTask(task.task());
      grids.forEach((grid, scheduler) -> scheduler.addWorkerGrid(graphName + "." + task.task().getId(), workers(task, grid)));
    }
    Object[] results = outputs.entrySet().stream().filter(entry -> entry.getValue() == index).map(Map.Entry::getKey).toArray();
    if (results.length > 0) {
      graph.transferToHost(DataTransferMode.UNDER_DEMAND, results);
    }
    Set<TornadoNativeArray> given = arraysWhere(array -> firstUse.get(array) <= index && lastUse.get(array) > index);
    if (!given.isEmpty()) {
      graph.persistOnDevice(given.toArray());
    }
    return graph;
  }

  private static WorkerGrid workers(KernelTask task, Grid grid) {
    WorkerGrid workers = new WorkerGrid1D(task.groups(grid) * task.groupSize());
    workers.setLocalWork(task.groupSize(), 1, 1);
    return workers;
  }

  /** Runs all graphs. Their kernels read a grid's sizes on the device, so that another grid needs no other kernels. */
  void run(Grid grid) {
    plan.withGridScheduler(grids.get(grid));
    for (int i = 0; i < results.length; i++) {
      results[i] = plan.withGraph(i).execute();
    }
  }

  /** Copies the first elements of an output from the device. */
  void fetch(TornadoNativeArray output, int elements) {
    int graph = outputs.get(output);
    plan.withGraph(graph);
    results[graph].transferToHost(new DataRange(output).withSize(elements));
  }

  /** Releases the device's memory, graph by graph: what was handed on is released with the first, and is then an error to the others. */
  @Override
  public void close() {
    for (int i = 0; i < results.length; i++) {
      try {
        plan.withGraph(i).freeDeviceMemory();
      } catch (TornadoInternalError e) {
        if (i == 0) {
          throw e;
        }
      }
    }
  }
}
