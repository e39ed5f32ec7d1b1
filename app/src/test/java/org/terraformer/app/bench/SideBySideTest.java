package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.tensor.DType;

class SideBySideTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final BenchOptions OPTIONS = new BenchOptions(DType.F32, 0, 0, 2, 1, 0, 3, 3, 0, DType.F32, false);

  @Test
  void hereTheModelsShareARegionOfRandomWeights() {
    long one = SideBySide.bytes(false, TYPES, OPTIONS, models(Variant.DENSE), 1);
    long both = SideBySide.bytes(false, TYPES, OPTIONS, models(Variant.DENSE, Variant.DENSE), 1);
    assertThat(both - one).isLessThan(weights(Variant.DENSE) / 2);
  }

  @Test
  void forADistantBackendEachHasACopyOfItsWeightsBesides() {
    List<Contender> models = models(Variant.DENSE, Variant.FEED_FORWARD);
    assertThat(SideBySide.bytes(true, TYPES, OPTIONS, models, 1) - SideBySide.bytes(false, TYPES, OPTIONS, models, 1))
        .isEqualTo(weights(Variant.DENSE) + weights(Variant.FEED_FORWARD));
  }

  private static List<Contender> models(Variant... variants) {
    return Contender.of(BenchShape.named("tiny"), List.of(variants), OPTIONS);
  }

  private static long weights(Variant variant) {
    return RandomWeights.bytes(models(variant).getFirst().model(TYPES), DType.F32);
  }
}
