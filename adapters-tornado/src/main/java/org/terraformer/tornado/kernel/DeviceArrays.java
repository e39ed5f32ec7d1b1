package org.terraformer.tornado.kernel;

import java.util.function.Consumer;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Value;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays in which a program's values lie. */
public interface DeviceArrays {

  ExecutionLimits limits();

  IntArray run();

  /** The array of a value that is no matrix. */
  TornadoNativeArray array(Value value);

  DeviceMatrix matrix(Value value);

  /** The array of state with keys or values. */
  DeviceCache cache(Value value);

  /** What stands for an operand that a step does not have. */
  FloatArray noFloats();

  FloatArray allocateFloats(long elements);

  IntArray allocateInts(long elements);

  /** An array that is the same for all steps that ask with an equal key: made by the first of them. */
  FloatArray constants(Object key, long elements, Consumer<FloatArray> values);
}
