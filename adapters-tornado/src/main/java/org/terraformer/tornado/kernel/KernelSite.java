package org.terraformer.tornado.kernel;

import java.util.List;
import java.util.function.Consumer;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Where a kernel is made: the step, the arrays of its operands and of its result, and what the runs may ask of it. */
public final class KernelSite {
  private final Step step;
  private final String name;
  private final DeviceArrays arrays;
  private final KernelContext context = new KernelContext();

  /**
   * @param name of the step, in its task graph
   */
  public KernelSite(Step step, String name, DeviceArrays arrays) {
    this.step = step;
    this.name = name;
    this.arrays = arrays;
  }

  public Step step() {
    return step;
  }

  /** A name for the step's task, or for one of its tasks. */
  public String taskName(String suffix) {
    return name + suffix;
  }

  /** The first argument of kernels that ask for their thread. */
  public KernelContext context() {
    return context;
  }

  /** What the run works on; see {@link RunParameters}. */
  public IntArray run() {
    return arrays.run();
  }

  public ExecutionLimits limits() {
    return arrays.limits();
  }

  public Value operand(int index) {
    return step.operands().get(index);
  }

  /** The elements of an F32 operand that is no matrix. */
  public FloatArray floats(int operand) {
    return (FloatArray) arrays.array(operand(operand));
  }

  /** As {@link #floats}, of an operand that only some steps have; else an array that is not to be read. */
  public FloatArray floatsIfAny(int operand) {
    return operand < step.operands().size() ? floats(operand) : arrays.noFloats();
  }

  /** The elements of an I32 operand. */
  public IntArray ints(int operand) {
    return (IntArray) arrays.array(operand(operand));
  }

  /** A matrix operand. */
  public DeviceMatrix matrix(int operand) {
    return arrays.matrix(operand(operand));
  }

  /** A context state operand: keys or values of all positions. */
  public DeviceCache cache(int operand) {
    return arrays.cache(operand(operand));
  }

  public FloatArray result() {
    return (FloatArray) arrays.array(step.result());
  }

  public IntArray intResult() {
    return (IntArray) arrays.array(step.result());
  }

  /** Where in {@link #run} the number of the result's items stands. */
  public int items() {
    return RunParameters.items(step.result().extent());
  }

  /** The most items that the result has: what grids are made for. */
  public Work mostItems() {
    return Work.items(step.result().extent(), limits());
  }

  /** The most rows of a run. */
  public Work mostRows() {
    return Work.items(Extent.ROW, limits());
  }

  /**
   * A table that steps share, one row of constants for each position of the context.
   *
   * @param key equal for steps whose tables are
   * @param values fills the table
   */
  public FloatArray positionTable(Object key, int width, Consumer<FloatArray> values) {
    return arrays.constants(List.of(key, width), (long) limits().contextLength() * width, values);
  }

  /** Memory that a task uses while it runs, which all tasks that want as much share: what it holds before is of no meaning. */
  public FloatArray scratch(long elements) {
    return arrays.constants(List.of("scratch", elements), elements, array -> { });
  }

  /** Memory for the kernel's own use, or for constants that it reads. */
  public FloatArray allocateFloats(long elements) {
    return arrays.allocateFloats(elements);
  }

  /** As {@link #allocateFloats}. */
  public IntArray allocateInts(long elements) {
    return arrays.allocateInts(elements);
  }
}
