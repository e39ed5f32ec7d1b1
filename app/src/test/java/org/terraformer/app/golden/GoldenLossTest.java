package org.terraformer.app.golden;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.domain.training.Gradients;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.operation.CrossEntropy;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** The recorded losses, gradients and accuracies of the reference implementation, by the operations that training and evaluation record. */
@Tag("golden")
class GoldenLossTest {
  static final Set<String> LAYERS = Set.of("CrossEntropyLossWithLogSoftmax", "WeightedCategoryCrossEntropy",
      "WeightedCategoryAccuracy", "MaskedSequenceAccuracy");

  @TestFactory
  Stream<DynamicTest> lossesAndAccuraciesAreTheReferences() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (LAYERS.contains(golden.layer()) && LeftOut.reason(golden.name()).isEmpty()) {
        for (Backend backend : GoldenBackends.all()) {
          tests.add(dynamicTest(golden + " on " + backend.name(), () -> check(golden, backend)));
        }
      }
    }
    return tests.stream();
  }

  private static void check(GoldenCase golden, Backend backend) {
    int length = golden.axis("inputs.targets", 1);
    int rows = golden.axis("inputs.targets", 0) * length;
    int vocabulary = golden.axis("inputs.logits", 2);
    float smoothing = golden.arguments().get("label_smoothing") instanceof Number number ? number.floatValue() : 0;
    Recorder recorder = new Recorder();
    Value logits = recorder.input("logits", DType.F32, Extent.ROW, vocabulary);
    Value targets = recorder.input("targets", DType.I32, Extent.ROW);
    Value seed = recorder.input("seed", DType.F32, Extent.ROW);
    Value loss = recorder.apply(new CrossEntropy(smoothing), logits, targets);
    recorder.output("loss", loss);
    recorder.output("prediction", recorder.apply(new BlockArgmax(), recorder.reshape(logits, 1, vocabulary)));
    recorder.output("gradient", Gradients.record(recorder, Map.of(loss, seed), List.of(logits)).get(logits));
    Program program = recorder.program();
    float[] weights = golden.floats("inputs.weights");
    double total = 0;
    for (float weight : weights) {
      total += weight;
    }
    float[] shares = new float[rows];
    for (int row = 0; row < rows; row++) {
      shares[row] = (float) (weights[row] / total) * (golden.has("grad_seed.value") ? golden.floats("grad_seed.value")[0] : 1);
    }
    try (Executable executable = backend.prepare(program, new NamedTensors("none", List.of()), new ExecutionLimits(1, rows, rows),
        ProgressListener.NONE)) {
      executable.write(logits, golden.floats("inputs.logits"), rows * vocabulary);
      executable.write(targets, golden.ints("inputs.targets"), rows);
      executable.write(seed, shares, rows);
      executable.run(0, 1, rows, rows);
      float[] losses = new float[rows];
      int[] predictions = new int[rows];
      executable.read(program.output("loss"), losses, rows);
      executable.read(program.output("prediction"), predictions, rows);
      boolean[] right = new boolean[rows];
      for (int row = 0; row < rows; row++) {
        right[row] = predictions[row] == golden.ints("inputs.targets")[row];
      }
      double value = switch (golden.layer()) {
        case "WeightedCategoryAccuracy" -> accuracy(right, weights, total);
        case "MaskedSequenceAccuracy" -> sequenceAccuracy(right, weights, length);
        default -> mean(losses, weights, total);
      };
      GoldenRun.assertClose(golden, "outputs.value", new float[] {(float) value}, golden.floats("outputs.value"));
      if (golden.has("grads.inputs.logits")) {
        float[] gradient = new float[rows * vocabulary];
        executable.read(program.output("gradient"), gradient, gradient.length);
        GoldenRun.assertClose(golden, "grads.inputs.logits", gradient, golden.floats("grads.inputs.logits"));
        checkGradientByWeights(golden, losses, value, total);
      }
    }
  }

  /** A weight of the mean draws it towards its own row's loss: {@code (loss of the row - mean) / sum of the weights}. */
  private static void checkGradientByWeights(GoldenCase golden, float[] losses, double mean, double total) {
    float[] gradient = new float[losses.length];
    for (int row = 0; row < losses.length; row++) {
      gradient[row] = (float) ((losses[row] - mean) / total * golden.floats("grad_seed.value")[0]);
    }
    GoldenRun.assertClose(golden, "grads.inputs.weights", gradient, golden.floats("grads.inputs.weights"));
  }

  private static double mean(float[] losses, float[] weights, double total) {
    double sum = 0;
    for (int row = 0; row < losses.length; row++) {
      sum += weights[row] * losses[row];
    }
    return sum / total;
  }

  private static double accuracy(boolean[] right, float[] weights, double total) {
    double sum = 0;
    for (int row = 0; row < right.length; row++) {
      sum += right[row] ? weights[row] : 0;
    }
    return sum / total;
  }

  /** The share of sequences of which every token that counts is right. */
  private static double sequenceAccuracy(boolean[] right, float[] weights, int length) {
    int whole = 0;
    for (int start = 0; start < right.length; start += length) {
      boolean all = true;
      for (int row = start; row < start + length; row++) {
        all &= right[row] || weights[row] == 0;
      }
      whole += all ? 1 : 0;
    }
    return (double) whole * length / right.length;
  }
}
