package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.TokenChoice;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

class TokenChoiceTest {
  private static final ModelConfig CONFIG = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 300,
      "width", 16, "blocks", 2, "max_length", 40, "attention", Map.of("type", "dense", "heads", 2),
      "feed_forward", Map.of("type", "sparse", "hidden_size", 32, "block_size", 4)));
  private static final Program PLAIN = TransformerLm.record(CONFIG, new LayerTypes(BuiltInLayerTypes.all()));
  private static final NamedTensors WEIGHTS = new RandomModels(3).weights(PLAIN, DType.F32);

  private final Set<String> read = new HashSet<>();

  @Test
  void theIdsAreThoseThatTheSamplerChoosesAmongTheLogits() {
    for (Sampling sampling : List.of(Sampling.GREEDY, new Sampling(0.7, 1, 1, 0, 1), new Sampling(0, 9, 1, 0, 1))) {
      assertThat(samples(TokenChoice.added(PLAIN), sampling, false)).isEqualTo(samples(PLAIN, sampling, false));
    }
  }

  @Test
  void oneOfTheLikeliestIsDrawnAsItWouldBeAmongAllLogits() {
    for (Sampling sampling : List.of(new Sampling(1, 5, 1, 0, 1), new Sampling(0.8, 64, 0.7, 0.01, 1), new Sampling(3, 2, 1, 0, 1))) {
      assertThat(samples(TokenChoice.added(PLAIN), sampling, false)).isEqualTo(samples(PLAIN, sampling, false));
    }
  }

  @Test
  void theLogitsAreNotRead() {
    samples(TokenChoice.added(PLAIN), Sampling.GREEDY, true);
    samples(TokenChoice.added(PLAIN), new Sampling(1, 5, 1, 0, 1), true);
    assertThat(read).isNotEmpty().doesNotContain(PLAIN.output(TransformerLm.LOGITS).name());
  }

  @Test
  void whatNeedsMoreThanTheLikeliestIdsReadsTheLogits() {
    for (Sampling sampling : List.of(new Sampling(0, 0, 1, 0, 1.3), new Sampling(1, 5, 1, 0, 1.3), new Sampling(1, 65, 1, 0, 1),
        new Sampling(1, 0, 0.9, 0, 1))) {
      assertThat(samples(TokenChoice.added(PLAIN), sampling, true)).isEqualTo(samples(PLAIN, sampling, true));
    }
  }

  @Test
  void logProbabilitiesAreThoseOfTheLogits() {
    for (Sampling sampling : List.of(Sampling.GREEDY, new Sampling(1, 5, 1, 0, 1))) {
      List<Sample> samples = samples(TokenChoice.added(PLAIN), sampling, true);
      List<Sample> plain = samples(PLAIN, sampling, true);
      for (int i = 0; i < plain.size(); i++) {
        assertThat(samples.get(i).logProbabilities().stream().mapToDouble(x -> x).toArray())
            .containsExactly(plain.get(i).logProbabilities().stream().mapToDouble(x -> x).toArray(), Offset.offset(1e-5));
      }
    }
  }

  @Test
  void logitsThatAreNoNumbersAreRefused() {
    List<Tensor> broken = new ArrayList<>();
    for (Value weight : PLAIN.weights()) {
      float[] values = new float[weight.shape().intElements()];
      Arrays.fill(values, Float.NaN);
      broken.add(Tensor.of(weight.name(), weight.shape(), values));
    }
    assertThatThrownBy(() -> samples(TokenChoice.added(PLAIN), new NamedTensors("broken", broken), Sampling.GREEDY, false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The model gave logits that are not numbers, so its weights or inputs are broken.");
  }

  @Test
  void aProgramWithoutLogitsStaysAsItIs() {
    Program encoder = new Program(PLAIN.values(), PLAIN.steps(), Map.of());
    assertThat(TokenChoice.added(encoder)).isSameAs(encoder);
  }

  private List<Sample> samples(Program program, Sampling sampling, boolean logProbabilities) {
    return samples(program, WEIGHTS, sampling, logProbabilities);
  }

  private List<Sample> samples(Program program, NamedTensors weights, Sampling sampling, boolean logProbabilities) {
    try (Executable executable = new ScalarBackend(ScalarKernels.all())
        .prepare(program, weights, new ExecutionLimits(2, 8, 40), ProgressListener.NONE)) {
      GenerationRequest request =
          new GenerationRequest(List.of(5, 250, 17), 12, sampling, Set.of(7), List.of(), 4, 3, logProbabilities);
      return new Generator(new DecodingSession(listening(executable), CONFIG.maxLength()), Optional.empty())
          .generate(request, TokenListener.NONE);
    }
  }

  /** The executable, of which is noted what is read. */
  private Executable listening(Executable executable) {
    return (Executable) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Executable.class}, (proxy, method, arguments) -> {
      if (method.getName().equals("read")) {
        read.add(((Value) arguments[0]).name());
      }
      try {
        return method.invoke(executable, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    });
  }
}
