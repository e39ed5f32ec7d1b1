package org.terraformer.domain.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** What holds for every optimizer and every shape. */
class OptimizerTest {
  private static final Adafactor ADAFACTOR = Adafactor.DEFAULTS;
  private final Scratch scratch = new Scratch();

  @Provide
  Arbitrary<Optimizer> optimizers() {
    return Arbitraries.of(new Sgd(), Momentum.DEFAULTS, new Momentum(0.5, 0, false), RmsProp.DEFAULTS, Sm3.DEFAULTS, new Sm3(0, 0.01),
        Adam.DEFAULTS, AdamW.DEFAULTS, ADAFACTOR,
        new Adafactor(true, false, false, true, 0.9, 0.8, 1, 1e-3, 7, 1e-16, 1e-3),
        new Adafactor(false, true, true, true, 0.5, 0.8, 0.5, 0, 0, 1e-16, 1e-3));
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Arbitraries.of(Shape.of(), Shape.of(1), Shape.of(7), Shape.of(70_000), Shape.of(5, 7), Shape.of(1, 4), Shape.of(50, 2500),
        Shape.of(3000, 33), Shape.of(2, 3, 4), Shape.of(3, 300, 200), Shape.of(2, 3, 40, 16));
  }

  @Property(tries = 60)
  void anyOrderOfThePiecesGivesTheBitsOfTheWhole(
      @ForAll("optimizers") Optimizer optimizer, @ForAll("shapes") Shape shape, @ForAll long seed) {
    Parameter whole = new Parameter(optimizer, shape, seed);
    Parameter pieces = new Parameter(optimizer, shape, seed);
    for (int step = 1; step <= 3; step++) {
      whole.nextGradient();
      pieces.nextGradient();
      UpdateStep update = new UpdateStep(step, 0.1, step == 2 ? 0.25 : 1);
      whole.update.apply(update, scratch);
      pieces.applyShuffled(update);
    }
    assertThat(pieces.weights()).isEqualTo(whole.weights());
    assertThat(pieces.slots()).usingRecursiveComparison().isEqualTo(whole.slots());
  }

  @Property(tries = 40)
  void aRestoredStateGoesOnBitForBit(@ForAll("optimizers") Optimizer optimizer, @ForAll("shapes") Shape shape, @ForAll long seed) {
    Parameter original = new Parameter(optimizer, shape, seed);
    for (int step = 1; step <= 2; step++) {
      original.nextGradient();
      original.update.apply(new UpdateStep(step, 0.1, 1), scratch);
    }
    List<Tensor> saved = new ArrayList<>();
    for (Tensor slot : original.update.slots()) {
      saved.add(Tensor.of(slot.name(), slot.shape(), Parameter.floats(slot)));
    }
    Parameter resumed = new Parameter(optimizer, shape, seed);
    resumed.weight.data().copyFrom(original.weight.data());
    resumed.update.restore(new NamedTensors("step 2", saved));
    original.nextGradient();
    resumed.gradient.data().copyFrom(original.gradient.data());
    UpdateStep third = new UpdateStep(3, 0.1, 1);
    original.update.apply(third, scratch);
    resumed.update.apply(third, scratch);
    assertThat(resumed.weights()).isEqualTo(original.weights());
    assertThat(resumed.slots()).usingRecursiveComparison().isEqualTo(original.slots());
  }

  @Property(tries = 40)
  void zeroGradientsGiveFiniteWeights(@ForAll("optimizers") Optimizer optimizer, @ForAll("shapes") Shape shape, @ForAll long seed) {
    Parameter parameter = new Parameter(optimizer, shape, seed);
    for (int step = 1; step <= 3; step++) {
      if (step == 2) {
        parameter.nextGradient();
      } else {
        parameter.zeroGradient();
      }
      parameter.update.apply(new UpdateStep(step, 0.1, 1), scratch);
      for (float weight : parameter.weights()) {
        assertThat(weight).isFinite();
      }
    }
  }

  @Property(tries = 40)
  void aScaledGradientIsTheSmallerGradient(@ForAll("optimizers") Optimizer optimizer, @ForAll("shapes") Shape shape, @ForAll long seed) {
    Parameter scaled = new Parameter(optimizer, shape, seed);
    Parameter smaller = new Parameter(optimizer, shape, seed);
    scaled.nextGradient();
    float[] half = scaled.gradients();
    for (int i = 0; i < half.length; i++) {
      half[i] *= 0.5f;
    }
    smaller.gradient.data().copyFrom(MemorySegment.ofArray(half));
    scaled.update.apply(new UpdateStep(1, 0.1, 0.5), scratch);
    smaller.update.apply(new UpdateStep(1, 0.1, 1), scratch);
    assertThat(scaled.weights()).isEqualTo(smaller.weights());
  }

  @Example
  void slotsAreNamedAfterTheirParameterInTheReferencesOrder() {
    Shape shape = Shape.of(2, 3, 4);
    assertThat(slots(Adam.DEFAULTS, shape)).containsExactly("encoder.w.m [2, 3, 4]", "encoder.w.v [2, 3, 4]");
    assertThat(slots(new Adafactor(true, true, true, true, 0.9, 0.8, 1, 0, 0, 1e-16, 1e-3), shape))
        .containsExactly("encoder.w.v_row [2, 3]", "encoder.w.v_col [2, 4]", "encoder.w.momentum [2, 3, 4]");
    assertThat(slots(ADAFACTOR, Shape.of(5))).containsExactly("encoder.w.v [5]");
    assertThat(slots(Sm3.DEFAULTS, shape))
        .containsExactly("encoder.w.momentum [2, 3, 4]", "encoder.w.v0 [2]", "encoder.w.v1 [3]", "encoder.w.v2 [4]");
  }

  private static List<String> slots(Optimizer optimizer, Shape shape) {
    return new Parameter(optimizer, shape, 1).update.slots().stream().map(slot -> slot.name() + " " + slot.shape()).toList();
  }

  @Example
  void aCheckpointWithoutAFittingSlotIsRefused() {
    ParameterUpdate update = new Parameter(Adam.DEFAULTS, Shape.of(2), 1).update;
    assertThatThrownBy(() -> update.restore(new NamedTensors("old.safetensors", List.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("old.safetensors has no optimizer state encoder.w.m of shape [2].");
    Tensor m = Tensor.of("encoder.w.m", Shape.of(2), new float[] {1, 2});
    Tensor v = Tensor.of("encoder.w.v", Shape.of(3), new float[3]);
    assertThatThrownBy(() -> update.restore(new NamedTensors("old.safetensors", List.of(m, v)))).hasMessage(
        "The optimizer state encoder.w.v of old.safetensors is F32 of shape [3] but must be F32 of shape [2].");
    assertThat(Parameter.floats(update.slots().getFirst())).containsOnly(0);
  }

  @Example
  void aWeightAndAGradientThatDoNotFitAreRefused() {
    Tensor weight = Tensor.of("w", Shape.of(2), new float[2]);
    Tensor longer = Tensor.of("w", Shape.of(3), new float[3]);
    Tensor half = new Tensor("w", DType.BF16, Shape.of(2), Arena.ofAuto().allocate(4));
    for (Optimizer optimizer : List.of(new Sgd(), Momentum.DEFAULTS, Sm3.DEFAULTS, Adam.DEFAULTS, ADAFACTOR)) {
      assertThatThrownBy(() -> optimizer.attach(weight, longer, Arena.ofAuto()))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("F32 of one shape");
      assertThatThrownBy(() -> optimizer.attach(half, weight, Arena.ofAuto())).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Example
  void unknownOptimizersAndSettingsAreRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Optimizer.of("lion", new Options("optimizer", Map.of())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The optimizer lion is unknown; known are sgd, momentum, rmsprop, sm3, adam, adamw, adafactor.");
    assertThatThrownBy(() -> Optimizer.of("adam", new Options("optimizer", Map.of("beta3", 1))))
        .hasMessage("The field optimizer.beta3 is unknown; allowed are b1, b2, eps, weight_decay_rate.");
    assertThatThrownBy(() -> Optimizer.of("adam", new Options("optimizer", Map.of("b2", 1.0))))
        .hasMessageStartingWith("The b2 of Adam is 1.0 but must be a number from 0.0 to 0.99");
    assertThatThrownBy(() -> Optimizer.of("adamw", new Options("optimizer", Map.of("weight_decay_rate", 2))))
        .hasMessage("The weight decay rate of AdamW is 2.0 but must be a number from 0.0 to 1.0.");
    assertThatThrownBy(() -> Optimizer.of("adafactor", new Options("optimizer", Map.of("beta1", 0.9))))
        .hasMessage("The beta1 of Adafactor is 0.9 but must be 0 where do_momentum is false.");
  }

  @Example
  void impossibleStepsAreRefused() {
    assertThatThrownBy(() -> new UpdateStep(0, 0.1, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The training step is 0 but must be 1 or more.");
    assertThatThrownBy(() -> new UpdateStep(3, Double.NaN, 1)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The learning rate of step 3 is NaN but must be");
  }
}
