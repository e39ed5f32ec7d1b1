package org.terraformer.tornado.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.BFloat16;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;
import org.terraformer.tornado.kernel.DeviceArrays;
import org.terraformer.tornado.kernel.DeviceCache;
import org.terraformer.tornado.kernel.DeviceMatrix;
import org.terraformer.tornado.kernel.MatrixElement;
import org.terraformer.tornado.kernel.RunParameters;
import org.terraformer.tornado.plan.BufferPlan;
import org.terraformer.tornado.plan.MemoryNeeds;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays of a program, filled with its weights; TornadoVM copies them to the device when they are first used there. */
public final class PlacedValues implements DeviceArrays {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ExecutionLimits limits;
  private final BufferPlan plan;
  private final IntArray run = RunParameters.allocate();
  private final List<TornadoNativeArray> buffers = new ArrayList<>();
  private final Map<Value, TornadoNativeArray> arrays = new HashMap<>();
  private final Map<Value, DeviceMatrix> matrices = new HashMap<>();
  private final Map<Value, DeviceCache> caches = new HashMap<>();
  private final Map<Object, FloatArray> constants = new HashMap<>();
  private final FloatArray noFloats = new FloatArray(1);
  private final ShortArray noHalves = new ShortArray(1);
  private final ByteArray noBytes = new ByteArray(1);
  private FloatArray powers;
  private FloatArray powers16;
  private long bytes;

  public PlacedValues(Program program, WeightSource weights, ExecutionLimits limits, BufferPlan plan, ProgressListener progress) {
    this.limits = limits;
    this.plan = plan;
    plan.buffers().forEach(buffer -> buffers.add(allocate(buffer.dtype(), buffer.elements())));
    for (Value value : program.values()) {
      switch (value.kind()) {
        case MATRIX -> matrices.put(value, matrix(weights.find(value.name()).orElseThrow()));
        case VECTOR -> arrays.put(value, vector(weights.find(value.name()).orElseThrow()));
        case INPUT -> arrays.put(value, allocate(value.dtype(), BufferPlan.elements(value, limits)));
        case STATE -> arrays.put(value, MemoryNeeds.inHalves(value, limits) ? allocateHalves(BufferPlan.elements(value, limits))
            : allocate(value.dtype(), BufferPlan.elements(value, limits)));
        case RESULT -> { }
      }
      progress.progressed("placing weights", value.id() + 1L, program.values().size());
    }
  }

  private TornadoNativeArray allocate(DType dtype, long elements) {
    return dtype == DType.I32 ? allocateInts(elements) : allocateFloats(elements);
  }

  private FloatArray vector(Tensor tensor) {
    try (Arena temporary = Arena.ofConfined()) {
      return floats(Conversion.convert(tensor, DType.F32, temporary).data());
    }
  }

  private FloatArray floats(MemorySegment data) {
    FloatArray floats = allocateFloats(Math.max(1, data.byteSize() / Float.BYTES));
    MemorySegment.copy(data, 0, floats.getSegment(), 0, data.byteSize());
    return floats;
  }

  private ShortArray halves(MemorySegment data) {
    ShortArray halves = allocateHalves(Math.max(1, data.byteSize() / Short.BYTES));
    MemorySegment.copy(data, 0, halves.getSegment(), 0, data.byteSize());
    return halves;
  }

  private DeviceMatrix matrix(Tensor tensor) {
    int columns = Math.toIntExact(tensor.shape().columns());
    MemorySegment data = tensor.data();
    return switch (tensor.dtype()) {
      case F32 -> new DeviceMatrix(MatrixElement.F32, floats(data), noHalves, noBytes, columns);
      case BF16 -> new DeviceMatrix(MatrixElement.BF16, powers(), halves(data), noBytes, columns);
      case F16 -> new DeviceMatrix(MatrixElement.F16, powers16(), halves(data), noBytes, columns);
      case Q8 -> {
        ByteArray elements = new ByteArray(Math.toIntExact(Math.max(1, data.byteSize())));
        MemorySegment.copy(data, 0, elements.getSegment(), 0, data.byteSize());
        bytes += data.byteSize();
        yield new DeviceMatrix(MatrixElement.Q8, scales(tensor.scales()), noHalves, elements, columns);
      }
      case I32 -> throw InvalidInputException.of("The tensor %s has type I32 but a weight must be F32, F16, BF16 or Q8.", tensor.name());
    };
  }

  private FloatArray powers() {
    if (powers == null) {
      powers = MatrixElement.powers();
    }
    return powers;
  }

  private FloatArray powers16() {
    if (powers16 == null) {
      powers16 = MatrixElement.powers16();
    }
    return powers16;
  }

  private FloatArray scales(MemorySegment halves) {
    int count = (int) (halves.byteSize() / Short.BYTES);
    FloatArray scales = allocateFloats(Math.max(1, count));
    for (int i = 0; i < count; i++) {
      scales.set(i, BFloat16.toFloat(halves.get(SHORT, (long) i * Short.BYTES)));
    }
    return scales;
  }

  /** The bytes of all arrays so far. */
  public long bytes() {
    return bytes;
  }

  @Override
  public ExecutionLimits limits() {
    return limits;
  }

  @Override
  public IntArray run() {
    return run;
  }

  @Override
  public TornadoNativeArray array(Value value) {
    Value root = plan.root(value);
    return root.kind() == Value.Kind.RESULT ? buffers.get(plan.place(root)) : arrays.get(root);
  }

  @Override
  public DeviceMatrix matrix(Value value) {
    return matrices.get(value);
  }

  /** What is written is an array of its own in every cache: TornadoVM never ends to schedule a task that has one twice. */
  @Override
  public DeviceCache cache(Value value) {
    return caches.computeIfAbsent(value, state -> arrays.get(state) instanceof ShortArray halves
        ? new DeviceCache(MatrixElement.BF16, MatrixElement.powers(), halves)
        : new DeviceCache(MatrixElement.F32, (FloatArray) arrays.get(state), new ShortArray(1)));
  }

  @Override
  public FloatArray noFloats() {
    return noFloats;
  }

  @Override
  public FloatArray allocateFloats(long elements) {
    FloatArray array = new FloatArray(size(elements));
    array.init(0);
    bytes += elements * Float.BYTES;
    return array;
  }

  @Override
  public IntArray allocateInts(long elements) {
    IntArray array = new IntArray(size(elements));
    array.init(0);
    bytes += elements * Integer.BYTES;
    return array;
  }

  @Override
  public FloatArray constants(Object key, long elements, Consumer<FloatArray> values) {
    return constants.computeIfAbsent(key, absent -> {
      FloatArray array = allocateFloats(elements);
      values.accept(array);
      return array;
    });
  }

  private ShortArray allocateHalves(long elements) {
    ShortArray array = new ShortArray(size(elements));
    array.init((short) 0);
    bytes += elements * Short.BYTES;
    return array;
  }

  private static int size(long elements) {
    if (elements > MemoryNeeds.MOST_ELEMENTS) {
      throw InvalidInputException.of("An array on the device would have %,d elements but may have at most %,d.",
          elements, MemoryNeeds.MOST_ELEMENTS);
    }
    return (int) elements;
  }
}
