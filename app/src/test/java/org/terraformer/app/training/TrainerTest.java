package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.Batch;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.Trainer;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.domain.training.UpdateRule;
import org.terraformer.domain.training.optimizer.Adam;
import org.terraformer.domain.training.optimizer.LearningRateSchedule;
import org.terraformer.domain.training.optimizer.Workers;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.DropoutRates;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.Tensor;

class TrainerTest {
  private static final int[] TOKENS = {1, 2, 3, 4, 1, 2, 3, 4};
  private static final ModelConfig CONFIG = ModelConfig.fromMap(Map.of(
      "model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 6, "width", 8,
      "blocks", 1, "max_length", 8, "attention", Map.of("type", "sparse_qkv", "heads", 2),
      "feed_forward", Map.of("type", "sparse", "hidden_size", 16, "block_size", 4)));

  private static final ModelConfig DENSE = ModelConfig.fromMap(Map.of(
      "model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 6, "width", 8,
      "blocks", 1, "max_length", 8, "attention", Map.of("type", "dense", "heads", 2),
      "feed_forward", Map.of("type", "dense", "hidden_size", 16)));

  static Stream<Backend> backends() {
    return Stream.of(new ScalarBackend(ScalarKernels.all()), new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2));
  }

  /** Trains from step {@code first}; gives the losses. */
  private static List<Double> train(Workers workers, Backend backend, NamedTensors weights, NamedTensors slots,
      int first, int last, double largestNorm, List<Tensor> keepSlots) {
    TrainingProgram program = program();
    UpdateRule rule = new UpdateRule(Adam.DEFAULTS, LearningRateSchedule.constant(0.03), largestNorm);
    List<Double> losses = new ArrayList<>();
    try (Executable executable = backend.prepare(program.program(), weights, new ExecutionLimits(2, 8, 4),
        ProgressListener.NONE)) {
      Trainer trainer = new Trainer(program, executable, weights, rule, 5, Arena.ofAuto(), workers);
      if (slots != null) {
        trainer.restoreSlots(slots);
      }
      for (int step = first; step <= last; step++) {
        losses.add(trainer.step(step, Batch.of(TOKENS, 4, 0)).loss());
      }
      keepSlots.addAll(trainer.slots());
    }
    return losses;
  }

  private static List<Double> train(Backend backend, NamedTensors weights, NamedTensors slots, int first, int last,
      double largestNorm, List<Tensor> keepSlots) {
    return train(Workers.alone(), backend, weights, slots, first, last, largestNorm, keepSlots);
  }

  private static TrainingProgram program() {
    return TrainingProgram.record(CONFIG, new LayerTypes(BuiltInLayerTypes.all()), Recorder.forTraining(new SeededChance()), 0);
  }

  private static NamedTensors weights() {
    return InitialWeights.draw(program(), 3, Arena.ofAuto());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void trainingLearnsWhatItIsShown(Backend backend) {
    List<Double> losses = train(backend, weights(), null, 1, 60, 1, new ArrayList<>());
    assertThat(losses.getFirst()).isGreaterThan(1.4);
    assertThat(losses.getLast()).isLessThan(0.5);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aTrainingThatIsBegunAgainGoesOnBitForBit(Backend backend) {
    List<Double> whole = train(backend, weights(), null, 1, 12, 1, new ArrayList<>());
    NamedTensors weights = weights();
    List<Tensor> slots = new ArrayList<>();
    List<Double> pieces = train(backend, weights, null, 1, 5, 1, slots);
    pieces.addAll(train(backend, weights, new NamedTensors("slots", slots), 6, 12, 1, new ArrayList<>()));
    assertThat(pieces).isEqualTo(whole);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void howManyThreadsUpdateTheWeightsChangesNothing(Backend backend) {
    assertThat(train(new ThreadedWorkers(3), backend, weights(), null, 1, 6, 1, new ArrayList<>()))
        .isEqualTo(train(backend, weights(), null, 1, 6, 1, new ArrayList<>()));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aBatchThatIsRunInPartsHasTheLossesOfTheWhole(Backend backend) {
    float[] weights = {1, 1, 0, 2, 1, 1, 1, 0.5f, 1, 1, 1, 1};
    Batch batch = Batch.of(new int[] {1, 2, 3, 4, 1, 2, 3, 4, 4, 3, 2, 1}, 4, 0, weights);
    List<Double> whole = losses(backend, DENSE, DropoutRates.NONE, batch, 3);
    List<Double> parts = losses(backend, DENSE, DropoutRates.NONE, batch, 2);
    List<Double> singles = losses(backend, DENSE, DropoutRates.NONE, batch, 1);
    for (int step = 0; step < whole.size(); step++) {
      assertThat(parts.get(step)).isCloseTo(whole.get(step), within(1e-4));
      assertThat(singles.get(step)).isCloseTo(whole.get(step), within(1e-4));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aTrainingWithDropoutCanBeRepeated(Backend backend) {
    Batch batch = Batch.of(TOKENS, 4, 0);
    DropoutRates rates = new DropoutRates(0.2, 0.2, 0.2, true);
    List<Double> losses = losses(backend, DENSE, rates, batch, 2);
    assertThat(losses(backend, DENSE, rates, batch, 2)).isEqualTo(losses);
    assertThat(losses).isNotEqualTo(losses(backend, DENSE, DropoutRates.NONE, batch, 2));
  }

  @Test
  void theBackendsLeaveOutTheSame() {
    Batch batch = Batch.of(TOKENS, 4, 0);
    for (ModelConfig config : List.of(DENSE, CONFIG)) {
      DropoutRates rates = new DropoutRates(0.2, 0.3, 0.4, false);
      List<Double> plain = losses(new ScalarBackend(ScalarKernels.all()), config, rates, batch, 2);
      List<Double> fast = losses(new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2), config, rates, batch, 2);
      for (int step = 0; step < plain.size(); step++) {
        assertThat(fast.get(step)).isCloseTo(plain.get(step), within(1e-3));
      }
    }
  }

  /** The losses of a few steps with an executable that holds so many sequences. */
  private static List<Double> losses(Backend backend, ModelConfig config, DropoutRates dropout, Batch batch, int sequences) {
    TrainingProgram program = TrainingProgram.record(config, new LayerTypes(BuiltInLayerTypes.all()),
        Recorder.forTraining(new SeededChance(), dropout), 0);
    NamedTensors weights = InitialWeights.draw(program, 3, Arena.ofAuto());
    UpdateRule rule = new UpdateRule(Adam.DEFAULTS, LearningRateSchedule.constant(0.01), 1);
    List<Double> losses = new ArrayList<>();
    try (Executable executable = backend.prepare(program.program(), weights,
        new ExecutionLimits(sequences, sequences * batch.length(), batch.length()), ProgressListener.NONE)) {
      Trainer trainer = new Trainer(program, executable, weights, rule, 5, Arena.ofAuto(), Workers.alone());
      for (int step = 1; step <= 5; step++) {
        losses.add(trainer.step(step, batch).loss());
      }
    }
    return losses;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aLossThatIsNotANumberEndsTheTrainingBeforeAWeightHasChanged(Backend backend) {
    NamedTensors weights = weights();
    Tensor embedding = weights.find("embedding.weight").orElseThrow();
    embedding.data().setAtIndex(ValueLayout.JAVA_FLOAT, 8, Float.NaN);
    float before = weights.find("logits.weight").orElseThrow().data().getAtIndex(ValueLayout.JAVA_FLOAT, 3);
    assertThatThrownBy(() -> train(backend, weights, null, 1, 1, 0, new ArrayList<>())).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The loss of step 1 is NaN");
    assertThat(weights.find("logits.weight").orElseThrow().data().getAtIndex(ValueLayout.JAVA_FLOAT, 3)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void weightsOnTheHeapAreSeenToChangeToo(Backend backend) {
    List<Tensor> heap = new ArrayList<>();
    NamedTensors fresh = weights();
    for (String name : fresh.names()) {
      Tensor tensor = fresh.find(name).orElseThrow();
      heap.add(Tensor.of(name, tensor.shape(), tensor.data().toArray(ValueLayout.JAVA_FLOAT)));
    }
    assertThat(train(backend, new NamedTensors("heap", heap), null, 1, 4, 1, new ArrayList<>()))
        .isEqualTo(train(backend, fresh, null, 1, 4, 1, new ArrayList<>()));
  }
}
