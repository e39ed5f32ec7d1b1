package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.data.Offset;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.training.Gradients;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** The recorded gradients of random models, against finite differences in double precision. */
class GradientPropertyTest {
  private static final int SEQUENCES = 2;
  private static final int LENGTH = 5;
  private static final float STEP = 1f / 4096;

  @Property(tries = 25)
  void recordedGradientsEqualFiniteDifferences(@ForAll long seed) {
    RandomModels models = new RandomModels(seed);
    check(models, models.config(), new Recorder(), seed);
  }

  @Property(tries = 2)
  void withElementsLeftOutTheyDoToo(@ForAll long seed) {
    for (Map<String, Object> attention : List.<Map<String, Object>>of(Map.of("type", "dense", "heads", 3),
        Map.of("type", "chunked", "heads", 3, "chunk_length", 2, "chunks_before", 1),
        Map.of("type", "lsh", "heads", 3, "hashes", 2, "buckets", 2, "chunk_length", 10),
        Map.of("type", "pure_lsh", "heads", 3, "hashes", 2, "buckets", 2, "chunk_length", 10),
        Map.of("type", "pure_lsh", "heads", 3, "hashes", 2, "buckets", 2, "chunk_length", 10, "standard_length", 5))) {
      ModelConfig config = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 7, "width", 12, "blocks", 2,
          "max_length", LENGTH, "attention", attention, "feed_forward", Map.of("type", "dense", "hidden_size", 13, "activation", "tanh")));
      DropoutRates rates = new DropoutRates(0.2, 0.3, 0.4, seed % 2 == 0);
      check(new RandomModels(seed), config, Recorder.forTraining(new SeededChance(), rates), seed);
    }
  }

  private static void check(RandomModels models, ModelConfig config, Recorder recorder, long seed) {
    Value logits = models.record(config, recorder);
    Value seeds = recorder.input("seeds", DType.F32, Extent.KEPT_ROW, config.vocabularySize());
    List<Value> weights = recorder.program().weights();
    Map<Value, Value> gradients = Gradients.record(recorder, Map.of(logits, seeds), weights);
    gradients.forEach((weight, gradient) -> recorder.output("gradient." + weight.name(), gradient));
    Value recorded = recorder.input("recorded", DType.F32, Extent.KEPT_ROW, config.vocabularySize());
    recorder.output("change", recorder.apply(new Add(), logits, recorder.apply(new Scale(-1), recorded)));
    Program program = recorder.program();

    Random random = new Random(seed);
    float[] upstream = new float[SEQUENCES * LENGTH * config.vocabularySize()];
    for (int i = 0; i < upstream.length; i++) {
      upstream[i] = (float) random.nextGaussian();
    }
    int[] tokens = models.tokens(config, SEQUENCES * LENGTH);
    NamedTensors values = models.weights(program, DType.F32);
    float[] before = new float[upstream.length];
    Run run = new Run(program, tokens, upstream, before);
    int smooth = 0;
    try (Executable executable = run.on(values)) {
      executable.read(program.output("logits"), before, before.length);
      double loss = run.loss(values);
      for (Value weight : weights) {
        float[] gradient = new float[weight.shape().intElements()];
        if (gradients.containsKey(weight)) {
          executable.read(program.output("gradient." + weight.name()), gradient, gradient.length);
        }
        float largest = 0;
        for (float one : gradient) {
          largest = Math.max(largest, Math.abs(one));
        }
        int element = random.nextInt(gradient.length);
        double scale = Math.max(1, largest);
        double above = (run.loss(changed(values, weight, element, STEP)) - loss) / STEP;
        double below = (loss - run.loss(changed(values, weight, element, -STEP))) / STEP;
        // Where a unit starts or stops being active within the step, the slopes on both sides differ by as much as their mean may be wrong.
        double kink = Math.abs(above - below);
        assertThat((double) gradient[element]).as("%s[%d] of %s", weight.name(), element, config.toMap())
            .isCloseTo((above + below) / 2, Offset.offset(1e-3 * scale + kink));
        smooth += kink < 5e-3 * scale ? 1 : 0;
      }
      assertThat(smooth).isGreaterThan(weights.size() / 2);
    }
  }

  /**
   * A program on some tokens, whose loss is the sum of logits times seeds. The program gives the logits' change from those recorded,
   * since the difference of two logits read as floats would lose the digits that a short step needs.
   */
  private record Run(Program program, int[] tokens, float[] seeds, float[] recorded) {

    Executable on(NamedTensors weights) {
      Executable executable = new ScalarBackend(ScalarKernels.all(), true).prepare(
          program, weights, new ExecutionLimits(SEQUENCES, SEQUENCES * LENGTH, LENGTH), ProgressListener.NONE);
      executable.write(program.input("tokens"), tokens, tokens.length);
      if (program.hasInput(Recorder.POSITIONS)) {
        executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
      }
      if (program.hasInput(SeededChance.SEED)) {
        executable.write(program.input(SeededChance.SEED), new int[] {3}, 1);
      }
      executable.write(program.input("seeds"), seeds, seeds.length);
      executable.write(program.input("recorded"), recorded, recorded.length);
      executable.run(0, SEQUENCES, LENGTH, LENGTH);
      return executable;
    }

    double loss(NamedTensors weights) {
      try (Executable executable = on(weights)) {
        float[] change = new float[seeds.length];
        executable.read(program.output("change"), change, change.length);
        double loss = 0;
        for (int i = 0; i < change.length; i++) {
          loss += (double) change[i] * seeds[i];
        }
        return loss;
      }
    }
  }

  private static NamedTensors changed(NamedTensors weights, Value weight, int element, float step) {
    List<Tensor> tensors = new ArrayList<>();
    for (String name : weights.names()) {
      Tensor tensor = weights.find(name).orElseThrow();
      if (name.equals(weight.name())) {
        float[] values = Conversion.toFloats(tensor);
        values[element] += step;
        tensor = Tensor.of(name, tensor.shape(), values);
      }
      tensors.add(tensor);
    }
    return new NamedTensors("changed weights", tensors);
  }
}
