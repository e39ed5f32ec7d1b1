package org.terraformer.domain.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;

class LearningRateScheduleTest {

  @Example
  void theC4ScheduleIsFlatWithoutLinearWarmUp() {
    LearningRateSchedule schedule = Multifactor.of("constant * rsqrt_decay", 1, 10_000);
    assertThat(schedule.at(1)).isEqualTo(0.01);
    assertThat(schedule.at(10_000)).isEqualTo(0.01);
    assertThat(schedule.at(40_000)).isEqualTo(0.005);
  }

  @Property(tries = 100)
  void theOrderOfTheFactorsDoesNotMatter(@ForAll @IntRange(min = 1, max = 1_000_000) int step) {
    double rate = Multifactor.of("constant * linear_warmup * cosine_decay", 0.3, 50).at(step);
    assertThat(Multifactor.of("cosine_decay*constant *linear_warmup", 0.3, 50).at(step)).isCloseTo(rate, within(1e-15));
  }

  @Property(tries = 100)
  void everyRateIsFiniteAndNotNegative(@ForAll @IntRange(min = 1) int step, @ForAll @IntRange(max = 1000) int warmup) {
    for (String factors : new String[] {"constant * linear_warmup * rsqrt_decay", "two_constants * decay_every", "constant * cosine_decay"}) {
      assertThat(Multifactor.of(factors, 0.1, warmup).at(step)).isFinite().isNotNegative();
    }
  }

  @Example
  void anUnknownFactorIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> schedule("multifactor", Map.of("factors", "constant * rsqrt_dekay")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The factor 'rsqrt_dekay' of the learning rate schedule 'constant * rsqrt_dekay' is unknown; known are constant, "
            + "two_constants, linear_warmup, rsqrt_decay, rsqrt_normalized_decay, decay_every, cosine_decay.");
    assertThatThrownBy(() -> Multifactor.of("", 1, 1)).isInstanceOf(InvalidInputException.class).hasMessageContaining("known are constant");
  }

  @Example
  void unknownSchedulesAndWrongSettingsAreRefused() {
    assertThatThrownBy(() -> schedule("cyclic", Map.of())).isInstanceOf(InvalidInputException.class).hasMessage(
        "The learning rate schedule cyclic is unknown; known are multifactor, constant, warmup, warmup_and_rsqrt_decay.");
    assertThatThrownBy(() -> schedule("multifactor", Map.of("warmup", 3))).hasMessageStartingWith("The field schedule.warmup is unknown");
    assertThatThrownBy(() -> schedule("multifactor", Map.of("steps_per_decay", 0))).hasMessageStartingWith("The field schedule.steps_per_decay");
    assertThatThrownBy(() -> schedule("multifactor", Map.of("constant", -1))).hasMessageStartingWith("The constant of multifactor is -1.0");
    assertThatThrownBy(() -> schedule("constant", Map.of())).hasMessage("The field schedule.value is missing.");
    assertThatThrownBy(() -> Multifactor.of("rsqrt_normalized_decay", 1, 0)).hasMessageStartingWith("The number of warm-up steps");
  }

  @Example
  void aLastStepAtWhichTheCosineBeginsAnewIsFound() {
    LearningRateSchedule cosine = cosine(1900);
    assertThat(RestartedRate.of(cosine, 2000)).hasValue(new RestartedRate(2000, 0.0015, cosine.at(1999)));
    assertThat(RestartedRate.of(cosine, 2000).orElseThrow().sentence()).isEqualTo(
        "The last step, 2,000, has the learning rate 0.00150, the one before it 1.03e-09; where that is a cosine_decay that begins anew, "
            + "steps_per_cycle should be one more.");
    assertThat(RestartedRate.of(cosine, 1999)).isEmpty();
    assertThat(RestartedRate.of(cosine, 2001)).isEmpty();
    assertThat(RestartedRate.of(cosine(1901), 2000)).isEmpty();
  }

  @Example
  void aWarmUpIsNoCosineThatBeginsAnew() {
    for (int steps = 1; steps <= 20; steps++) {
      assertThat(RestartedRate.of(Multifactor.of("constant * linear_warmup", 0.1, 10), steps)).isEmpty();
      assertThat(RestartedRate.of(LearningRateSchedule.warmup(0, 1), steps)).isEmpty();
    }
  }

  private static LearningRateSchedule cosine(int stepsPerCycle) {
    return schedule("multifactor", Map.of("factors", "constant * linear_warmup * cosine_decay", "constant", 0.0015, "warmup_steps", 100,
        "steps_per_cycle", stepsPerCycle));
  }

  private static LearningRateSchedule schedule(String type, Map<String, Object> fields) {
    return LearningRateSchedule.of(type, new Options("schedule", fields));
  }
}
