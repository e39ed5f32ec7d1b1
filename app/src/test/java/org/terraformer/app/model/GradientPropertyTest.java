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
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** The recorded gradients of random models, against finite differences in double precision. */
class GradientPropertyTest {
  private static final int SEQUENCES = 2;
  private static final int LENGTH = 5;
  private static final float STEP = 1f / 128;

  @Property(tries = 25)
  void recordedGradientsEqualFiniteDifferences(@ForAll long seed) {
    RandomModels models = new RandomModels(seed);
    ModelConfig config = models.config();
    Recorder recorder = new Recorder();
    Value logits = models.record(config, recorder);
    Value seeds = recorder.input("seeds", DType.F32, Extent.KEPT_ROW, config.vocabularySize());
    List<Value> weights = recorder.program().weights();
    Map<Value, Value> gradients = Gradients.record(recorder, Map.of(logits, seeds), weights);
    gradients.forEach((weight, gradient) -> recorder.output("gradient." + weight.name(), gradient));
    Program program = recorder.program();

    Random random = new Random(seed);
    float[] upstream = new float[SEQUENCES * LENGTH * config.vocabularySize()];
    for (int i = 0; i < upstream.length; i++) {
      upstream[i] = (float) random.nextGaussian();
    }
    int[] tokens = models.tokens(config, SEQUENCES * LENGTH);
    NamedTensors values = models.weights(program, DType.F32);
    Run run = new Run(program, tokens, upstream);
    int smooth = 0;
    try (Executable executable = run.on(values)) {
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
        double wide = run.difference(values, weight, element, STEP);
        double narrow = run.difference(values, weight, element, STEP / 2);
        // A unit that starts or stops being active within the step makes the two differences differ by as much as they may be wrong.
        double kink = Math.abs(wide - narrow);
        assertThat((double) gradient[element]).as("%s[%d] of %s", weight.name(), element, config.toMap())
            .isCloseTo((4 * narrow - wide) / 3, Offset.offset(1e-3 * scale + 3 * kink));
        smooth += kink < 5e-3 * scale ? 1 : 0;
      }
      assertThat(smooth).isGreaterThan(weights.size() / 2);
    }
  }

  /** A program on some tokens, whose loss is the sum of logits times seeds. */
  private record Run(Program program, int[] tokens, float[] seeds) {

    Executable on(NamedTensors weights) {
      Executable executable = new ScalarBackend(ScalarKernels.all(), true).prepare(
          program, weights, new ExecutionLimits(SEQUENCES, SEQUENCES * LENGTH, LENGTH), ProgressListener.NONE);
      executable.write(program.input("tokens"), tokens, tokens.length);
      if (program.hasInput(Recorder.POSITIONS)) {
        executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
      }
      executable.write(program.input("seeds"), seeds, seeds.length);
      executable.run(0, SEQUENCES, LENGTH, LENGTH);
      return executable;
    }

    double difference(NamedTensors weights, Value weight, int element, float step) {
      double above = loss(changed(weights, weight, element, step));
      double below = loss(changed(weights, weight, element, -step));
      return (above - below) / (2.0 * step);
    }

    private double loss(NamedTensors weights) {
      try (Executable executable = on(weights)) {
        float[] logits = new float[seeds.length];
        executable.read(program.output("logits"), logits, logits.length);
        double loss = 0;
        for (int i = 0; i < logits.length; i++) {
          loss += (double) logits[i] * seeds[i];
        }
        return loss;
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
}
