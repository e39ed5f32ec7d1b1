package org.terraformer.app.golden;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;

/** Losses and gradients of the reference implementation's language models, evaluated and while they are trained: group e. */
@Tag("golden")
class GoldenModelGradientTest {
  private static final List<String> VARIANTS = List.of("eval", "train_hard", "train_soft");

  @TestFactory
  Stream<DynamicTest> modelsHaveTheGradientsOfTheReference() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      for (String variant : VARIANTS) {
        if (golden.group().equals("e") && LeftOut.reason(golden.name()).isEmpty() && golden.has("outputs.%s.loss".formatted(variant))
            && golden.layer().endsWith("LM")) {
          for (Backend backend : GoldenBackends.all()) {
            tests.add(dynamicTest("%s %s on %s".formatted(golden, variant, backend.name()), () -> check(golden, variant, backend)));
          }
        }
      }
    }
    return tests.stream();
  }

  private static void check(GoldenCase golden, String variant, Backend backend) {
    ModelConfig config = variant(TraxConfiguration.of(golden.layer(), golden.arguments()), variant);
    GoldenChance chance = new GoldenChance();
    Recorder recorder = variant.equals("eval") ? new Recorder() : Recorder.forTraining(chance);
    TrainingProgram training = TrainingProgram.record(config, GoldenLayers.TYPES, recorder, 0);
    Program program = training.program();
    TraxWeights trax = new TraxWeights(TransformerLm.record(config, GoldenLayers.TYPES));
    int unused = TraxConfiguration.unusedArrays(golden.arguments());
    WeightSource weights = trax.translate(TraxArrays.of(golden.name(), golden.flatWeights()), unused, Arena.ofAuto());
    int sequences = golden.axis("inputs.tokens", 0);
    int length = golden.axis("inputs.tokens", 1);
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(sequences, sequences * length, length), ProgressListener.NONE)) {
      for (Value draw : chance.draws("select")) {
        executable.write(draw, new float[] {0.5f}, 1);
      }
      float loss = run(golden, config, executable, sequences, length);
      GoldenRun.assertClose(golden, variant + " loss", new float[] {loss}, golden.floats("outputs.%s.loss".formatted(variant)));
      String prefix = "grads.%s.".formatted(variant);
      if (!golden.hasGradients(prefix)) {
        return;
      }
      checkGradients(golden, variant, training, executable,
          trax.translate(TraxArrays.of(golden.name(), golden.flatGradients(prefix)), unused, Arena.ofAuto()));
    }
  }

  static void checkGradients(GoldenCase golden, String variant, TrainingProgram training, Executable executable, WeightSource expected) {
    for (Value weight : training.program().weights()) {
      float[] gradient = new float[weight.shape().intElements()];
      if (training.gradients().containsKey(weight.name())) {
        executable.read(training.gradients().get(weight.name()), gradient, gradient.length);
      }
      GoldenRun.assertGradientClose(golden, variant + " " + weight.name(), gradient,
          Conversion.toFloats(expected.find(weight.name()).orElseThrow()));
    }
  }

  private static float run(GoldenCase golden, ModelConfig config, Executable executable, int sequences, int length) {
    Program program = executable.program();
    int[] tokens = golden.ints("inputs.tokens");
    float[] lossWeights = golden.floats("inputs.loss_weights");
    float sum = 0;
    for (float weight : lossWeights) {
      sum += weight;
    }
    for (int i = 0; i < lossWeights.length; i++) {
      lossWeights[i] /= sum;
    }
    executable.write(program.input(TransformerLm.TOKENS), GoldenModelTest.shifted(tokens, length, config.startId()), tokens.length);
    executable.write(program.input(Recorder.POSITIONS), new int[sequences], sequences);
    executable.write(program.input(TrainingProgram.TARGETS), golden.ints("inputs.targets"), tokens.length);
    executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), lossWeights, tokens.length);
    executable.run(0, sequences, length, length);
    float[] losses = new float[tokens.length];
    executable.read(program.output(TrainingProgram.LOSS), losses, losses.length);
    float loss = 0;
    for (int i = 0; i < losses.length; i++) {
      loss += losses[i] * lossWeights[i];
    }
    return loss;
  }

  /** The reference trained without noise, all calls hard or all soft. */
  static ModelConfig variant(ModelConfig config, String variant) {
    if (variant.equals("eval")) {
      return config;
    }
    Map<String, Object> map = config.toMap();
    @SuppressWarnings("unchecked")
    Map<String, Object> feedForward = new LinkedHashMap<>((Map<String, Object>) map.get("feed_forward"));
    feedForward.put("temperature", 0);
    feedForward.put("hard_probability", variant.equals("train_hard") ? 1 : 0);
    map.put("feed_forward", feedForward);
    return ModelConfig.fromMap(map);
  }
}
