package org.terraformer.app.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.ports.kernel.Backend;

class HeldOutEvaluationTest {
  private static final Map<String, Object> MODEL = Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 7, "width", 8,
      "blocks", 1, "max_length", 64, "attention", Map.of("type", "dense", "heads", 2),
      "feed_forward", Map.of("type", "dense", "hidden_size", 8));
  private static final TrainingConfig CHUNKED = TrainingConfig.fromMap(
      Map.of("model", MODEL, "steps", 1, "batch", 2, "length", 8, "chunked", true), 7);

  @Test
  void aChunkedTrainingIsEvaluatedInParts() {
    assertThat(operations(false)).contains("part_of_rows", "rows_of_parts");
  }

  @Test
  void aDistantBackendHasNoKernelsForParts() {
    assertThat(operations(true)).contains("cross_entropy").doesNotContain("part_of_rows", "rows_of_parts");
  }

  private static List<String> operations(boolean distant) {
    Backend scalar = new ScalarBackend(ScalarKernels.all());
    Backend backend = (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
        (proxy, method, arguments) -> method.getName().equals("distant") ? distant : method.invoke(scalar, arguments));
    return HeldOutEvaluation.program(ModelConfig.fromMap(MODEL), new LayerTypes(BuiltInLayerTypes.all()), CHUNKED, backend).steps().stream()
        .map(step -> step.operation().name()).toList();
  }
}
