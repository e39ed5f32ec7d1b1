package org.terraformer.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.LayerSpec;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.operation.Scale;

class LayerTypesTest {
  private static final LayerContext CONTEXT = new LayerContext(8, 10, 4, (recorder, x) -> x);
  private static final LayerType SCALED = LayerType.of(LayerRole.POSITIONS, "scaled", (options, context) -> {
    float factor = (float) options.number("factor", 0, 10, 2);
    return (recorder, x) -> recorder.apply(new Scale(factor), x);
  });

  private static LayerTypes with(LayerType type) {
    List<LayerType> all = new ArrayList<>(BuiltInLayerTypes.all());
    all.add(type);
    return new LayerTypes(all);
  }

  @Test
  void aNewTypeStandsBesideTheBuiltInOnes() {
    LayerTypes types = with(SCALED);
    assertThat(types.names(LayerRole.POSITIONS)).contains("scaled", "sin_cos");
    assertThat(types.create(LayerRole.POSITIONS, new LayerSpec("positions", "scaled", Map.of("factor", 3)), CONTEXT)).isNotNull();
    assertThat(SCALED).hasToString("positions scaled");
  }

  @Test
  void anOptionThatTheTypeDidNotReadIsRefused() {
    assertThatThrownBy(() -> with(SCALED)
        .create(LayerRole.POSITIONS, new LayerSpec("positions", "scaled", Map.of("facter", 3)), CONTEXT))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("The field positions.facter is unknown (did you mean factor?); allowed are factor.");
  }

  @Test
  void aNameIsTakenOncePerRole() {
    assertThatThrownBy(() -> with(LayerType.of(LayerRole.LOGITS, "dense", (options, context) -> (recorder, x) -> x)))
        .isInstanceOf(InvalidInputException.class).hasMessage("Two layer types are called logits dense.");
    assertThat(with(LayerType.of(LayerRole.POSITIONS, "dense", (options, context) -> (recorder, x) -> x))
        .names(LayerRole.POSITIONS))
        .as("the name of another role").contains("dense");
  }
}
