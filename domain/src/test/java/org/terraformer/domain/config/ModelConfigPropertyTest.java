package org.terraformer.domain.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;

class ModelConfigPropertyTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  /** Every sentence names a field, or a weight or value of the model that is too large. */
  private static final List<String> PLACES = List.of("The field ", "The weight ", "The value ", "positions", "width");

  @Property(tries = 500)
  void aConfigurationIsReadBackAsItIsWritten(@ForAll long seed) {
    ModelConfig config = ModelConfig.fromMap(new ConfigMaps(new SplittableRandom(seed)).next());
    ModelConfig again = ModelConfig.fromMap(config.toMap());
    assertThat(again).isEqualTo(config);
    assertThat(again.toMap()).isEqualTo(config.toMap());
    assertThat(Models.record(again, TYPES)).isEqualTo(Models.record(config, TYPES));
  }

  @Property(tries = 10_000)
  void aChangedConfigurationIsEitherAModelOrRefusedInOneSentence(@ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    Map<String, Object> map = new ConfigMaps(random).next();
    ConfigMutation mutation = new ConfigMutation(random);
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      mutation.applyTo(map);
    }
    try {
      Program program = Models.record(ModelConfig.fromMap(map), TYPES);
      assertThat(program.parameters()).isPositive();
    } catch (InvalidInputException e) {
      assertThat(e.getMessage()).hasSizeLessThan(400).endsWith(".").doesNotContain("\n", "\u2028")
          .doesNotContainPattern("[^.]\\. ");
      assertThat(PLACES).as(e.getMessage()).anyMatch(e.getMessage()::contains);
    }
  }

  @Property(tries = 300)
  void theDenseTwinIsAModel(@ForAll long seed) {
    ModelConfig twin = ModelConfig.fromMap(new ConfigMaps(new SplittableRandom(seed)).next()).denseTwin();
    assertThat(Models.record(twin, TYPES).parameters()).isPositive();
    assertThat(twin.logits().type()).isEqualTo("dense");
    assertThat(twin.attention()).extracting(LayerSpec::type).containsOnly("dense");
    twin.architecture().encoder().ifPresent(encoder ->
        assertThat(encoder.attention()).extracting(LayerSpec::type).containsOnly("dense"));
    assertThat(twin.feedForward()).extracting(LayerSpec::type).containsOnly("dense");
    assertThat(twin.denseTwin()).isEqualTo(twin);
  }

  @Test
  void everyRegisteredLayerTypeIsAmongTheRandomConfigurations() {
    Map<LayerRole, TreeSet<String>> met = new java.util.EnumMap<>(LayerRole.class);
    for (LayerRole role : LayerRole.values()) {
      met.put(role, new TreeSet<>());
    }
    ConfigMaps maps = new ConfigMaps(new SplittableRandom(1));
    for (int i = 0; i < 1000; i++) {
      ModelConfig config = ModelConfig.fromMap(maps.next());
      met.get(LayerRole.NORMALIZATION).add(config.normalization().type());
      met.get(LayerRole.POSITIONS).add(config.positions().type());
      boolean classifies = config.architecture() instanceof Architecture.EncoderClassifier;
      config.attention().forEach(layer -> met.get(classifies ? LayerRole.ENCODER_ATTENTION : LayerRole.ATTENTION).add(layer.type()));
      config.architecture().encoder().ifPresent(encoder ->
          encoder.attention().forEach(layer -> met.get(LayerRole.ENCODER_ATTENTION).add(layer.type())));
      if (config.architecture() instanceof Architecture.EncoderDecoder both) {
        met.get(LayerRole.CROSS_ATTENTION).add(both.crossAttention().type());
      }
      config.feedForward().forEach(layer -> met.get(LayerRole.FEED_FORWARD).add(layer.type()));
      config.recurrence().ifPresent(layer -> met.get(LayerRole.RECURRENCE).add(layer.type()));
      met.get(LayerRole.LOGITS).add(config.logits().type());
    }
    for (LayerRole role : LayerRole.values()) {
      assertThat(met.get(role)).as(role.field()).containsExactlyInAnyOrderElementsOf(TYPES.names(role));
    }
  }
}
