package org.terraformer.tornado.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Task graphs that run one after another, again and again. What the host writes goes to the device at the start of a run. All else is
 * copied once and stays there: what one graph uses, in that graph; what several use is handed from each graph to the next. Results come
 * back when they are asked for.
 */
final class PreparedPlan implements AutoCloseable {
  private static final AtomicInteger PLANS = new AtomicInteger();

  private final String name = "p" + PLANS.incrementAndGet();
  private final List<Set<TornadoNativeArray>> used = new ArrayList<>();
  private final Map<TornadoNativeArray, Integer> written;
  private final TornadoExecutionPlan plan;
  private final TornadoExecutionResult[] results;

  /**
   * @param parts the tasks of each graph
   * @param inputs what the host writes
   * @param outputs what the host may read, with the number of the graph that writes it last
   */
  PreparedPlan(List<List<KernelTask>> parts, Collection<? extends TornadoNativeArray> inputs, Map<TornadoNativeArray, Integer> outputs,
      TornadoDevice device) {
    this.written = new IdentityHashMap<>(outputs);
    this.results = new TornadoExecutionResult[parts.size()];
    parts.forEach(tasks -> used.add(arrays(tasks)));
    Set<TornadoNativeArray> handedOn = handedOn(inputs);
    GridScheduler grids = new GridScheduler();
    ImmutableTaskGraph[] graphs = new ImmutableTaskGraph[parts.size()];
    for (int i = 0; i < graphs.length; i++) {
      graphs[i] = graph(i, parts.get(i), inputs, handedOn, grids).snapshot();
    }
    this.plan = new TornadoExecutionPlan(graphs);
    plan.withDevice(device);
    plan.withGridScheduler(grids);
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

  /** What more than one graph uses, or a graph that does not get it from the host. */
  private Set<TornadoNativeArray> handedOn(Collection<? extends TornadoNativeArray> inputs) {
    Set<TornadoNativeArray> seen = identitySet();
    seen.addAll(inputs);
    Set<TornadoNativeArray> shared = identitySet();
    used.getFirst().forEach(seen::add);
    for (Set<TornadoNativeArray> arrays : used.subList(1, used.size())) {
      for (TornadoNativeArray array : arrays) {
        if (!seen.add(array)) {
          shared.add(array);
        }
      }
    }
    return shared;
  }

  private TaskGraph graph(int index, List<KernelTask> tasks, Collection<? extends TornadoNativeArray> inputs,
      Set<TornadoNativeArray> handedOn, GridScheduler grids) {
    String graphName = name + "g" + index;
    TaskGraph graph = new TaskGraph(graphName);
    Set<TornadoNativeArray> own = identitySet();
    own.addAll(used.get(index));
    if (index == 0) {
      Set<TornadoNativeArray> fromHost = identitySet();
      inputs.stream().filter(input -> own.contains(input) || handedOn.contains(input)).forEach(fromHost::add);
      own.addAll(handedOn);
      own.removeAll(fromHost);
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, fromHost.toArray());
    } else {
      own.removeAll(handedOn);
      if (!handedOn.isEmpty()) {
        graph.consumeFromDevice(name + "g" + (index - 1), handedOn.toArray());
      }
    }
    if (!own.isEmpty()) {
      graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, own.toArray());
    }
    for (KernelTask task : tasks) {
      graph.addTask(task.task());
      WorkerGrid grid = new WorkerGrid1D(task.groups() * task.groupSize());
      grid.setLocalWork(task.groupSize(), 1, 1);
      grids.addWorkerGrid(graphName + "." + task.task().getId(), grid);
    }
    Object[] wanted = written.entrySet().stream().filter(entry -> entry.getValue() == index).map(Map.Entry::getKey).toArray();
    if (wanted.length > 0) {
      graph.transferToHost(DataTransferMode.UNDER_DEMAND, wanted);
    }
    if (!handedOn.isEmpty()) {
      graph.persistOnDevice(handedOn.toArray());
    }
    return graph;
  }

  void run() {
    for (int i = 0; i < results.length; i++) {
      results[i] = plan.withGraph(i).execute();
    }
  }

  /** Copies the first elements of an output from the device. */
  void fetch(TornadoNativeArray output, int elements) {
    int graph = written.get(output);
    plan.withGraph(graph);
    results[graph].transferToHost(new DataRange(output).withSize(elements));
  }

  @Override
  public void close() {
    try {
      plan.withAllGraphs();
      plan.freeDeviceMemory();
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException(e);
    }
  }
}
