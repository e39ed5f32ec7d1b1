package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;

/**
 * Losses and gradients of the reference implementation's models that read a source, and its classifier: group e. Their logits and greedy outputs
 * are among those that {@link GoldenModelTest} runs.
 */
@Tag("golden")
class GoldenSourceModelTest {
  private static final List<String> VARIANTS = List.of("eval", "train_hard", "train_soft");

  @TestFactory
  Stream<DynamicTest> modelsThatReadASourceHaveTheGradientsOfTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      for (String variant : VARIANTS) {
        if (golden.group().equals("e") && LeftOut.reason(golden.name()).isEmpty() && golden.has("inputs.source")
            && golden.has("outputs.%s.loss".formatted(variant))) {
          for (Backend backend : GoldenBackends.all()) {
            tests.add(dynamicTest("%s %s on %s".formatted(golden, variant, backend.name()),
                () -> GoldenSource.checkGradients(golden, variant, backend)));
          }
        }
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> encodersClassifyAsTheReferenceDoes() {
    return classifierTests(GoldenBackends.all(), GoldenSourceModelTest::checkTraining);
  }

  /** The classifiers' outputs alone. */
  static Stream<DynamicTest> classifierTests(List<Backend> backends) {
    return classifierTests(backends, GoldenSourceModelTest::checkClassifier);
  }

  private static Stream<DynamicTest> classifierTests(List<Backend> backends, BiConsumer<GoldenCase, Backend> check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (golden.layer().equals("ConfigurableTransformerEncoder")) {
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(), () -> check.accept(golden, backend)));
        }
      }
    }
    return tests.stream();
  }

  private static void checkClassifier(GoldenCase golden, Backend backend) {
    Program program = GoldenModelTest.withChosenUnits(
        Models.record(TraxConfiguration.of(golden.layer(), golden.arguments()), GoldenLayers.TYPES));
    WeightSource weights = new TraxWeights(program).translate(TraxArrays.of(golden.name(), golden.flatWeights()), 0, Arena.ofAuto());
    int sequences = golden.axis("inputs.tokens", 0);
    int length = golden.axis("inputs.tokens", 1);
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE)) {
      classify(golden, program, executable);
    }
  }

  /** Runs the classifier and compares its logits and chosen units. */
  private static void classify(GoldenCase golden, Program program, Executable executable) {
    int sequences = golden.axis("inputs.tokens", 0);
    int length = golden.axis("inputs.tokens", 1);
    executable.write(program.input(TransformerLm.TOKENS), golden.ints("inputs.tokens"), sequences * length);
    if (program.hasInput(Recorder.POSITIONS)) {
      executable.write(program.input(Recorder.POSITIONS), new int[sequences], sequences);
    }
    executable.run(0, sequences, length, length);
    float[] logits = new float[sequences * golden.axis("outputs.logits", 1)];
    executable.read(program.output(TransformerLm.LOGITS), logits, logits.length);
    GoldenRun.assertClose(golden, "outputs.logits", logits, golden.floats("outputs.logits"));
    for (int layer = 0; golden.has("outputs.quant_mask." + layer); layer++) {
      int[] chosen = new int[golden.ints("outputs.quant_mask." + layer).length];
      executable.read(program.output("chosen." + layer), chosen, chosen.length);
      assertThat(chosen).as("active units of sparse layer %d", layer).isEqualTo(golden.ints("outputs.quant_mask." + layer));
    }
  }

  private static void checkTraining(GoldenCase golden, Backend backend) {
    ModelConfig config = TraxConfiguration.of(golden.layer(), golden.arguments());
    TrainingProgram training = TrainingProgram.record(config, GoldenLayers.TYPES, new Recorder(), 0);
    Program program = GoldenModelTest.withChosenUnits(training.program());
    TraxWeights trax = new TraxWeights(Models.record(config, GoldenLayers.TYPES));
    WeightSource weights = trax.translate(TraxArrays.of(golden.name(), golden.flatWeights()), 0, Arena.ofAuto());
    int sequences = golden.axis("inputs.tokens", 0);
    int length = golden.axis("inputs.tokens", 1);
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE)) {
      float[] lossWeights = golden.floats("inputs.loss_weights");
      float sum = 0;
      for (float weight : lossWeights) {
        sum += weight;
      }
      float[] shares = lossWeights.clone();
      for (int i = 0; i < shares.length; i++) {
        shares[i] /= sum;
      }
      executable.write(program.input(TrainingProgram.TARGETS), golden.ints("inputs.targets"), sequences);
      executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), shares, sequences);
      classify(golden, program, executable);
      float[] losses = new float[sequences];
      executable.read(program.output(TrainingProgram.LOSS), losses, sequences);
      float loss = 0;
      for (int i = 0; i < sequences; i++) {
        loss += losses[i] * shares[i];
      }
      GoldenRun.assertClose(golden, "loss", new float[] {loss}, golden.floats("outputs.eval.loss"));
      GoldenModelGradientTest.checkGradients(golden, "eval", training, executable,
          trax.translate(TraxArrays.of(golden.name(), golden.flatGradients("grads.eval.")), 0, Arena.ofAuto()));
    }
  }
}
