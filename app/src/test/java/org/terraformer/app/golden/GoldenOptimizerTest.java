package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.training.optimizer.GradientNorm;
import org.terraformer.domain.training.optimizer.LearningRateSchedule;
import org.terraformer.domain.training.optimizer.Optimizer;
import org.terraformer.domain.training.optimizer.ParameterUpdate;
import org.terraformer.domain.training.optimizer.Scratch;
import org.terraformer.domain.training.optimizer.UpdateStep;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** The recorded updates, slots and learning rates of the reference implementation's optimizers. */
@Tag("golden")
class GoldenOptimizerTest {
  private final Scratch scratch = new Scratch();

  @TestFactory
  Stream<DynamicTest> optimizersUpdateAsTheReferenceDoes() {
    List<DynamicTest> tests = GoldenFolder.cases().stream()
        .filter(golden -> golden.group().equals("f") && !isSchedules(golden) && LeftOut.reason(golden.name()).isEmpty())
        .map(golden -> dynamicTest(golden.name(), () -> checkUpdates(golden))).toList();
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> learningRatesAreTheReferences() {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (isSchedules(golden)) {
        golden.arguments().forEach((name, settings) ->
            tests.add(dynamicTest(golden.name() + " " + name, () -> checkSchedule(golden, name, (Map<?, ?>) settings))));
      }
    }
    return tests.stream();
  }

  private static boolean isSchedules(GoldenCase golden) {
    return golden.layer().equals("lr_schedules");
  }

  private void checkUpdates(GoldenCase golden) {
    Map<String, Object> settings = new LinkedHashMap<>(golden.arguments());
    settings.remove("learning_rate");
    Object largestNorm = settings.remove("clip_grad_norm");
    Optimizer optimizer = Optimizer.of(golden.layer().toLowerCase(Locale.ROOT), new Options("optimizer", settings));
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> gradients = new ArrayList<>();
    List<ParameterUpdate> updates = new ArrayList<>();
    for (int i = 0; golden.has("inputs.w%d.step0".formatted(i)); i++) {
      Tensor weight = copy(golden.tensor("inputs.w%d.step0".formatted(i)));
      Tensor gradient = copy(golden.tensor("inputs.g%d.step1".formatted(i)));
      weights.add(weight);
      gradients.add(gradient);
      updates.add(optimizer.attach(weight, gradient, Arena.ofAuto()));
    }
    GradientNorm gradientNorm = new GradientNorm(gradients);
    float[] learningRates = golden.floats("inputs.learning_rate");
    for (int step = 1; step <= learningRates.length; step++) {
      for (int i = 0; i < gradients.size(); i++) {
        gradients.get(i).data().copyFrom(golden.tensor("inputs.g%d.step%d".formatted(i, step)).data());
      }
      double norm = gradientNorm.measure(step, scratch);
      GoldenRun.assertClose(golden, "gradient norm of step " + step, new float[] {(float) norm},
          golden.floats("outputs.grad_norm.step" + step));
      double scale = largestNorm instanceof Number most ? GradientNorm.clippingScale(norm, most.doubleValue()) : 1;
      for (int i = 0; i < updates.size(); i++) {
        updates.get(i).apply(new UpdateStep(step, learningRates[step - 1], scale), scratch);
        String name = "outputs.w%d.step%d".formatted(i, step);
        GoldenRun.assertClose(golden, name, floats(weights.get(i)), golden.floats(name));
      }
    }
    for (int i = 0; i < updates.size(); i++) {
      checkSlots(golden, i, updates.get(i).slots());
    }
  }

  private static void checkSlots(GoldenCase golden, int parameter, List<Tensor> slots) {
    for (int i = 0; i < slots.size(); i++) {
      String name = "state.slot%d.%d".formatted(parameter, i);
      assertThat(slots.get(i).shape()).as("%s %s", golden, name).isEqualTo(golden.tensor(name).shape());
      GoldenRun.assertClose(golden, name, floats(slots.get(i)), golden.floats(name));
    }
    assertThat(golden.has("state.slot%d.%d".formatted(parameter, slots.size()))).as("one more slot").isFalse();
  }

  private static void checkSchedule(GoldenCase golden, String name, Map<?, ?> settings) {
    Map<String, Object> fields = new LinkedHashMap<>();
    settings.forEach((key, value) -> fields.put(key.toString(), value));
    String type = fields.remove("fn").toString();
    LearningRateSchedule schedule = LearningRateSchedule.of(type, new Options(name, fields));
    int[] steps = golden.ints("inputs.steps");
    float[] rates = new float[steps.length];
    for (int i = 0; i < steps.length; i++) {
      rates[i] = (float) schedule.at(steps[i]);
    }
    GoldenRun.assertClose(golden, name, rates, golden.floats("outputs." + name));
  }

  private static Tensor copy(Tensor tensor) {
    MemorySegment data = Arena.ofAuto().allocate(tensor.data().byteSize(), Float.BYTES);
    data.copyFrom(tensor.data());
    return new Tensor(tensor.name(), DType.F32, tensor.shape(), data);
  }

  private static float[] floats(Tensor tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }
}
