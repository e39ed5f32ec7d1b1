package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.layer.Layer;
import org.terraformer.domain.training.Gradients;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;

/** The recorded gradients of the reference implementation's layers, and what layers compute while they are trained: groups a to d. */
@Tag("golden")
class GoldenGradientTest {
  private static final Set<String> GROUPS = Set.of("a", "b", "c", "d");

  @TestFactory
  Stream<DynamicTest> layersHaveTheGradientsOfTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      boolean layer = GROUPS.contains(golden.group()) && LeftOut.reason(golden.name()).isEmpty() && !GoldenLayers.hashes(golden);
      boolean differentiated = golden.has("grads.inputs.x") || golden.mode().equals("train");
      boolean onRows = golden.has("inputs.x") ? differentiated && golden.tensor("inputs.x").shape().rank() == 3
          : golden.has("inputs.tokens") && golden.has("grad_seed.y");
      if (layer && onRows) {
        for (Backend backend : GoldenBackends.all()) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(), () -> check(golden, GoldenLayers.of(golden), backend)));
          GoldenLayers.ofChosenUnits(golden).ifPresent(chosen -> tests.add(dynamicTest(
              golden.name() + " on " + backend.name() + ", chosen units alone", () -> check(golden, chosen, backend))));
        }
      }
    }
    return tests.stream();
  }

  private static void check(GoldenCase golden, Layer layer, Backend backend) {
    boolean ofTokens = golden.has("inputs.tokens");
    String input = ofTokens ? "inputs.tokens" : "inputs.x";
    int sequences = golden.axis(input, 0);
    int length = golden.axis(input, 1);
    long[] row = ofTokens ? new long[0] : new long[] {golden.axis(input, 2)};
    String output = golden.has("outputs.y") ? "outputs.y" : "outputs.logits";
    boolean bothBranches = golden.mode().equals("train") && golden.arguments().get("prob_sparse") != null;
    int unused = golden.arguments().get("prob_sparse") == null || bothBranches ? 0 : 2;

    GoldenChance chance = new GoldenChance();
    Recorder recorder = golden.mode().equals("train") ? Recorder.forTraining(chance) : new Recorder();
    Value x = recorder.input("x", golden.tensor(input).dtype(), Extent.ROW, row);
    Value y = layer.record(recorder, x);
    Value seeds = recorder.input("seeds", DType.F32, Extent.ROW, y.width());
    List<Value> wanted = new ArrayList<>(recorder.program().weights());
    if (!ofTokens) {
      wanted.add(x);
    }
    Map<Value, Value> gradients = Gradients.record(recorder, Map.of(y, seeds), wanted);
    gradients.forEach((value, gradient) -> recorder.output("gradient." + value.name(), gradient));
    recorder.output("y", y);
    recorder.program().steps().stream().filter(step -> step.operation() instanceof BlockArgmax).map(Step::result)
        .findFirst().ifPresent(chosen -> recorder.output("chosen", chosen));

    Recorder evaluation = new Recorder();
    layer.record(evaluation, evaluation.input("x", golden.tensor(input).dtype(), Extent.ROW, row));
    // The layouts of sparse layers are told by the operations of their evaluation; a branch is there in training alone.
    TraxWeights trax = new TraxWeights(bothBranches ? recorder.program() : evaluation.program());
    Program program = recorder.program();
    WeightSource weights = trax.translate(TraxArrays.of(golden.name(), golden.flatWeights()), unused, Arena.ofAuto());
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE)) {
      if (ofTokens) {
        executable.write(x, golden.ints(input), sequences * length);
      } else {
        executable.write(x, golden.floats(input), sequences * length * x.width());
      }
      if (program.hasInput(Recorder.POSITIONS)) {
        executable.write(program.input(Recorder.POSITIONS), new int[sequences], sequences);
      }
      if (program.hasInput("mask")) {
        executable.write(program.input("mask"), golden.ints("inputs.mask"), sequences * length);
      }
      chance.write(golden, executable);
      String seed = output.replace("outputs", "grad_seed");
      if (golden.has(seed)) {
        executable.write(seeds, golden.floats(seed), sequences * length * y.width());
      }
      executable.run(0, sequences, length, length);
      GoldenRun.assertClose(golden, output, read(executable, y, sequences * length), golden.floats(output));
      if (golden.has("outputs.quant_mask")) {
        int[] chosen = new int[golden.ints("outputs.quant_mask").length];
        executable.read(program.output("chosen"), chosen, chosen.length);
        assertThat(chosen).as("active units").isEqualTo(golden.ints("outputs.quant_mask"));
      }
      if (!golden.has(seed)) {
        return;
      }
      if (!ofTokens) {
        GoldenRun.assertGradientClose(golden, "grads.inputs.x", gradient(executable, gradients, x, sequences * length),
            golden.floats("grads.inputs.x"));
      }
      WeightSource expected = trax.translate(TraxArrays.of(golden.name(), golden.flatGradients("grads.")), unused, Arena.ofAuto());
      for (Value weight : program.weights()) {
        GoldenRun.assertGradientClose(golden, weight.name(), gradient(executable, gradients, weight, 1),
            Conversion.toFloats(expected.find(weight.name()).orElseThrow()));
      }
    }
  }

  private static float[] gradient(Executable executable, Map<Value, Value> gradients, Value value, int items) {
    return gradients.containsKey(value) ? read(executable, gradients.get(value), items) : new float[items * value.width()];
  }

  private static float[] read(Executable executable, Value value, int items) {
    float[] values = new float[items * value.width()];
    executable.read(value, values, values.length);
    return values;
  }
}
