package org.terraformer.app.golden;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Chance;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** The random numbers that the reference implementation drew: every draw is an input that the test writes. */
final class GoldenChance implements Chance {
  private final Map<String, List<Value>> draws = new HashMap<>();

  @Override
  public Value uniform(Recorder recorder, String name, Extent extent, float low, float high, long... shape) {
    List<Value> all = draws.computeIfAbsent(name, key -> new ArrayList<>());
    Value input = recorder.input("draws.%s.%d".formatted(name, all.size()), DType.F32, extent, shape);
    all.add(input);
    return input;
  }

  @Override
  public Stream stream(Recorder recorder) {
    throw new IllegalStateException("No golden case has draws inside an operation.");
  }

  /** The draws of this name, in the order in which layers asked for them. */
  List<Value> draws(String name) {
    return draws.getOrDefault(name, List.of());
  }

  /** Writes the noise of a case of one layer. */
  void write(GoldenCase golden, Executable executable) {
    for (Value draw : draws("noise")) {
      write(executable, draw, golden.floats("noise.u"));
    }
    for (Value draw : draws("select")) {
      float select = golden.floats("noise.select")[0];
      // The block-sparse layer is hard where its draw from [-1, 1) is positive, here where a draw from [0, 1) is below a half.
      write(executable, draw, new float[] {golden.layer().equals("BlockSparseFF") ? (1 - select) / 2 : select});
    }
    for (Value draw : draws("branch")) {
      write(executable, draw, golden.floats("noise.u"));
    }
    for (Value draw : draws("dropout")) {
      int[] kept = golden.ints(golden.has("noise.keep") ? "noise.keep" : "noise.dropout_keep");
      float[] values = new float[kept.length];
      for (int i = 0; i < kept.length; i++) {
        values[i] = 1 - kept[i];
      }
      write(executable, draw, values);
    }
  }

  private static void write(Executable executable, Value draw, float[] values) {
    executable.write(draw, values, values.length);
  }
}
