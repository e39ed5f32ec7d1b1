package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.training.Gradients;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;

/** The recorded outputs, buckets and gradients of the reference implementation's attention by hashing. */
@Tag("golden")
class GoldenHashingTest {
  /** Where a row sees itself alone, the reference's single precision does not add its weights up to 1. */
  private static final double TOLERANCE_OF_SELF = 1e-2;

  @TestFactory
  Stream<DynamicTest> attentionByHashingComputesWhatTheReferenceComputes() {
    return tests(GoldenBackends.all(), true);
  }

  /**
   * @param trained whether gradients are compared, too
   */
  static Stream<DynamicTest> tests(List<Backend> backends, boolean trained) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (GoldenLayers.hashes(golden) && LeftOut.reason(golden.name()).isEmpty()) {
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(),
              () -> {
                try (Case run = new Case(golden, backend, trained)) {
                  if (golden.mode().equals("predict")) {
                    run.checkRowByRow();
                  } else {
                    run.checkWhole();
                  }
                }
              }));
        }
      }
    }
    return tests.stream();
  }

  /** A layer, or attention alone, whose sequences are then examples times heads. */
  private static final class Case implements AutoCloseable {
    private final GoldenCase golden;
    private final boolean pure;
    private final int sequences;
    private final int length;
    private final List<Value> inputs = new ArrayList<>();
    private final Value y;
    private final Value buckets;
    private final Value seeds;
    private final Map<Value, Value> gradients;
    private final Program program;
    private final TraxWeights trax;
    private final Executable executable;

    Case(GoldenCase golden, Backend backend, boolean trained) {
      this.golden = golden;
      this.pure = golden.has("inputs.qk");
      String first = pure ? "inputs.qk" : "inputs.x";
      this.sequences = golden.axis(first, 0);
      this.length = golden.axis(first, 1);
      Recorder recorder = new Recorder();
      for (String name : pure ? List.of("qk", "v") : List.of("x")) {
        inputs.add(recorder.input(name, DType.F32, Extent.ROW, golden.axis("inputs." + name, 2)));
      }
      Value x = inputs.getFirst();
      this.y = pure ? GoldenLayers.lsh(golden, 0).attend(GoldenLayers.recorder(golden, recorder), x, x, inputs.get(1), 1)
          : GoldenLayers.of(golden).record(recorder, x);
      this.trax = new TraxWeights(recorder.program());
      this.buckets = recorder.program().steps().stream().filter(step -> step.operation() instanceof LshBuckets).findFirst().orElseThrow().result();
      recorder.output("y", y);
      recorder.output("buckets", buckets);
      this.seeds = recorder.input("seeds", DType.F32, Extent.ROW, y.width());
      List<Value> wanted = new ArrayList<>(inputs);
      wanted.addAll(recorder.program().weights());
      this.gradients = trained ? Gradients.record(recorder, Map.of(y, seeds), wanted) : Map.of();
      gradients.forEach((value, gradient) -> recorder.output("gradient." + value.name(), gradient));
      this.program = recorder.program();
      this.executable = backend.prepare(program, translated(""),
          new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE);
      executable.write(program.input("rotations"), golden.floats("noise.rotations"), golden.floats("noise.rotations").length);
      if (program.hasInput("mask")) {
        executable.write(program.input("mask"), mask(), sequences * length);
      }
    }

    private WeightSource translated(String prefix) {
      return trax.translate(TraxArrays.of(golden.name(), prefix.isEmpty() ? golden.flatWeights() : golden.flatGradients(prefix)), 0,
          Arena.ofAuto());
    }

    /** The mask of an example is that of all its heads. */
    private int[] mask() {
      int[] mask = golden.ints("inputs.mask");
      int heads = sequences * length / mask.length;
      int[] all = new int[sequences * length];
      for (int i = 0; i < all.length; i++) {
        all[i] = mask[i / length / heads * length + i % length];
      }
      return all;
    }

    void checkWhole() {
      for (Value input : inputs) {
        executable.write(input, golden.floats("inputs." + input.name()), sequences * length * input.width());
      }
      writePositions(0);
      executable.write(seeds, golden.floats("grad_seed.y"), sequences * length * y.width());
      executable.run(0, sequences, length, length);
      int[] found = new int[sequences * length * buckets.width()];
      executable.read(buckets, found, found.length);
      checkBuckets(found, length);
      checkOutput(read(y, sequences * length));
      if (!gradients.isEmpty()) {
        checkGradients();
      }
    }

    private void checkGradients() {
      for (Value input : inputs) {
        GoldenRun.assertGradientClose(golden, "grads.inputs." + input.name(), read(gradients.get(input), sequences * length),
            golden.floats("grads.inputs." + input.name()));
      }
      if (!program.weights().isEmpty()) {
        WeightSource expected = translated("grads.");
        for (Value weight : program.weights()) {
          GoldenRun.assertGradientClose(golden, weight.name(), read(gradients.get(weight), 1),
              Conversion.toFloats(expected.find(weight.name()).orElseThrow()));
        }
      }
    }

    void checkRowByRow() {
      float[] all = new float[sequences * length * y.width()];
      int[] allBuckets = new int[sequences * length * buckets.width()];
      int[] some = new int[sequences * buckets.width()];
      for (int t = 0; t < length; t++) {
        for (Value input : inputs) {
          executable.write(input, rowsAt(golden.floats("inputs." + input.name()), t, input.width()), sequences * input.width());
        }
        writePositions(t);
        executable.run(0, sequences, 1, 1);
        float[] row = read(y, sequences);
        executable.read(buckets, some, some.length);
        for (int sequence = 0; sequence < sequences; sequence++) {
          System.arraycopy(row, sequence * y.width(), all, (sequence * length + t) * y.width(), y.width());
          System.arraycopy(some, sequence * buckets.width(), allBuckets, (sequence * length + t) * buckets.width(), buckets.width());
        }
      }
      GoldenRun.assertClose(golden, "outputs.y", all, golden.floats("outputs.y"));
      checkBuckets(allBuckets, golden.axis("state.buckets", 1) / buckets.shape().intAxis(1));
    }

    private float[] rowsAt(float[] x, int t, int width) {
      float[] rows = new float[sequences * width];
      for (int sequence = 0; sequence < sequences; sequence++) {
        System.arraycopy(x, (sequence * length + t) * width, rows, sequence * width, width);
      }
      return rows;
    }

    private void writePositions(int position) {
      if (program.hasInput(Recorder.POSITIONS)) {
        int[] positions = new int[sequences];
        Arrays.fill(positions, position);
        executable.write(program.input(Recorder.POSITIONS), positions, sequences);
      }
    }

    /** The reference numbers the buckets of all rounds through, for each example and head. */
    private void checkBuckets(int[] found, int recordedLength) {
      int heads = buckets.shape().intAxis(0);
      int hashes = buckets.shape().intAxis(1);
      LshBuckets hashing = program.steps().stream().map(org.terraformer.ports.kernel.Step::operation)
          .filter(LshBuckets.class::isInstance).map(LshBuckets.class::cast).findFirst().orElseThrow();
      int perRound = hashing.buckets() + (hashing.masked() ? 1 : 0);
      int[] recorded = golden.ints("state.buckets");
      for (int i = 0; i < found.length; i++) {
        int hash = i % hashes;
        int head = i / hashes % heads;
        int row = i / hashes / heads;
        int at = ((row / length * heads + head) * hashes + hash) * recordedLength + row % length;
        assertThat(found[i] + hash * perRound).as("%s bucket of row %d, head %d, round %d", golden, row, head, hash).isEqualTo(recorded[at]);
      }
    }

    private void checkOutput(float[] actual) {
      Set<Integer> ofSelf = new HashSet<>();
      golden.optional("exclude_positions")
          .forEach(place -> ofSelf.add(place.get(0).asInt() * length + place.get(1).asInt()));
      float[] expected = golden.floats("outputs.y");
      float[] compared = expected.clone();
      for (int i = 0; i < expected.length; i++) {
        if (ofSelf.contains(i / y.width())) {
          assertThat(Math.abs(actual[i] - expected[i])).as("%s [%d]", golden, i)
              .isLessThanOrEqualTo((float) (TOLERANCE_OF_SELF * Math.max(1, Math.abs(expected[i]))));
        } else {
          compared[i] = actual[i];
        }
      }
      GoldenRun.assertClose(golden, "outputs.y", compared, expected);
    }

    private float[] read(Value value, int items) {
      float[] values = new float[items * value.width()];
      executable.read(value, values, values.length);
      return values;
    }

    @Override
    public void close() {
      executable.close();
    }
  }
}
