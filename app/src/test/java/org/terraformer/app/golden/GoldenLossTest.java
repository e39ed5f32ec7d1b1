package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.Batch;
import org.terraformer.domain.training.Gradients;
import org.terraformer.domain.training.HeldOutBatches;
import org.terraformer.domain.training.ValidationScore;
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

/** The recorded losses, gradients and accuracies of the reference implementation, by what training records and validation counts. */
@Tag("golden")
class GoldenLossTest {
  static final Set<String> LAYERS = Set.of("CrossEntropyLossWithLogSoftmax", "WeightedCategoryCrossEntropy",
      "WeightedCategoryAccuracy", "MaskedSequenceAccuracy");

  @TestFactory
  Stream<DynamicTest> lossesAndAccuraciesAreTheReferences() {
    return tests(GoldenBackends.all(), true);
  }

  /**
   * @param trained whether gradients are compared, too
   */
  static Stream<DynamicTest> tests(List<Backend> backends, boolean trained) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (LAYERS.contains(golden.layer()) && LeftOut.reason(golden.name()).isEmpty()) {
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden + " on " + backend.name(),
              () -> check(golden, backend, trained && golden.has("grads.inputs.logits"))));
        }
      }
    }
    return tests.stream();
  }

  private static void check(GoldenCase golden, Backend backend, boolean trained) {
    int length = golden.axis("inputs.targets", 1);
    int sequences = golden.axis("inputs.targets", 0);
    int rows = sequences * length;
    int vocabulary = golden.axis("inputs.logits", 2);
    float smoothing = golden.arguments().get("label_smoothing") instanceof Number number ? number.floatValue() : 0;
    Recorder recorder = new Recorder();
    recorder.input(TransformerLm.TOKENS, DType.I32, Extent.ROW);
    Value logits = recorder.input("logits", DType.F32, Extent.ROW, vocabulary);
    Value targets = recorder.input(EvaluationProgram.TARGETS, DType.I32, Extent.ROW);
    Value loss = recorder.apply(new CrossEntropy(smoothing), logits, targets);
    recorder.output(EvaluationProgram.LOSS, loss);
    recorder.output(EvaluationProgram.PREDICTION, recorder.apply(new BlockArgmax(), recorder.reshape(logits, 1, vocabulary)));
    Value seed = trained ? recorder.input("seed", DType.F32, Extent.ROW) : null;
    if (trained) {
      recorder.output("gradient", Gradients.record(recorder, Map.of(loss, seed), List.of(logits)).get(logits));
    }
    Program program = recorder.program();
    float[] weights = golden.floats("inputs.weights");
    double total = 0;
    int weighted = 0;
    for (float weight : weights) {
      weighted += weight == 0 ? 0 : 1;
      total += weight;
    }
    float[] shares = new float[rows];
    for (int row = 0; row < rows; row++) {
      shares[row] = (float) (weights[row] / total) * (golden.has("grad_seed.value") ? golden.floats("grad_seed.value")[0] : 1);
    }
    try (Executable executable = backend.prepare(program, new NamedTensors("none", List.of()),
        new ExecutionLimits(sequences, rows, length), ProgressListener.NONE)) {
      executable.write(logits, golden.floats("inputs.logits"), rows * vocabulary);
      if (trained) {
        executable.write(seed, shares, rows);
      }
      Batch batch = Batch.of(golden.ints("inputs.targets"), length, 0, weights);
      ValidationScore score = new HeldOutBatches(List.of(batch)).score(new Scorer(executable, 0, vocabulary));
      assertThat(score.tokens()).isEqualTo(weighted);
      double value = switch (golden.layer()) {
        case "WeightedCategoryAccuracy" -> score.accuracy();
        case "MaskedSequenceAccuracy" -> score.sequenceAccuracy().orElseThrow();
        default -> score.loss();
      };
      GoldenRun.assertClose(golden, "outputs.value", new float[] {(float) value}, golden.floats("outputs.value"));
      if (trained) {
        float[] gradient = new float[rows * vocabulary];
        executable.read(program.output("gradient"), gradient, gradient.length);
        GoldenRun.assertClose(golden, "grads.inputs.logits", gradient, golden.floats("grads.inputs.logits"));
        float[] losses = new float[rows];
        executable.read(program.output(EvaluationProgram.LOSS), losses, rows);
        checkGradientByWeights(golden, losses, score.loss(), total);
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
}
