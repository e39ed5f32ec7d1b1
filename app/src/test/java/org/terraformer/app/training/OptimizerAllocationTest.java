package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.domain.config.Options;
import org.terraformer.domain.training.optimizer.Optimizer;
import org.terraformer.domain.training.optimizer.ParameterUpdate;
import org.terraformer.domain.training.optimizer.Scratch;
import org.terraformer.domain.training.optimizer.UpdateStep;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class OptimizerAllocationTest {
  private static final int STEPS = 1000;

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "rmsprop", "sm3", "adam", "adamw", "adafactor"})
  void aThousandStepsAllocateNothing(String optimizer) {
    Shape shape = Shape.of(3, 40, 50);
    Tensor weight = Tensor.of("w", shape, new float[shape.intElements()]);
    Tensor gradient = Tensor.of("w", shape, new float[shape.intElements()]);
    ParameterUpdate update = Optimizer.of(optimizer, new Options("optimizer", Map.of())).attach(weight, gradient, Arena.ofAuto());
    UpdateStep step = new UpdateStep(1, 0.1, 1);
    Scratch scratch = new Scratch();
    apply(update, step, scratch);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    apply(update, step, scratch);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes in %d steps", STEPS).isLessThan(16_384);
  }

  private static void apply(ParameterUpdate update, UpdateStep step, Scratch scratch) {
    for (int i = 0; i < STEPS; i++) {
      update.apply(step, scratch);
    }
  }
}
