package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightTraffic;
import org.terraformer.ports.tensor.DType;

class BenchShapeTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  @Test
  void thePapersVariantsHaveAboutAsManyParameters() {
    for (String name : new String[] {"800m", "17b"}) {
      double dense = program(BenchShape.named(name), Variant.DENSE).parameters();
      for (Variant variant : Variant.values()) {
        assertThat(program(BenchShape.named(name), variant).parameters() / dense).as(name + " " + variant.label()).isBetween(0.9, 1.2);
      }
    }
  }

  @Test
  void at800MillionParametersTheBytesOfSparseDecodingAllowTenTimesTheSpeed() {
    BenchShape shape = BenchShape.named("800m");
    assertThat(bytes(shape, Variant.DENSE, DType.F32) / bytes(shape, Variant.FEED_FORWARD_QKV_LOGITS, DType.F32)).isCloseTo(10, within(0.5));
  }

  @Test
  void aBlockAt17BillionReadsLessThanAHundredthOfTheBytes() {
    BenchShape shape = BenchShape.named("17b");
    double dense = bytes(shape, Variant.DENSE, DType.F32) - bytes(shape.withBlocks(5), Variant.DENSE, DType.F32);
    double sparse = bytes(shape, Variant.FEED_FORWARD_QKV, DType.F32) - bytes(shape.withBlocks(5), Variant.FEED_FORWARD_QKV, DType.F32);
    assertThat(dense / sparse).isCloseTo(115, within(3.0));
  }

  @Test
  void aScaledShapeKeepsItsHeadSizeAndScalesItsHiddenSizes() {
    BenchShape shape = BenchShape.named("800m").withWidth(512);
    assertThat(shape.heads()).isEqualTo(8);
    assertThat(BenchShape.named("800m").withWidth(256)).extracting(BenchShape::modules, BenchShape::blockSize).containsExactly(8, 32);
    assertThat(shape.hiddenSize()).isEqualTo(2048);
    assertThat(shape.hiddenSizeWithSparseQkv()).isEqualTo(3072);
  }

  @Test
  void anUnknownShapeListsTheKnownOnes() {
    assertThatThrownBy(() -> BenchShape.named("7b")).isInstanceOf(InvalidInputException.class)
        .hasMessage("The shape is 7b but must be one of tiny, 800m, 17b, terraformer-tiny, terraformer-800m, "
            + "terraformer-17b, a model folder or a configuration file.");
  }

  @Test
  void aWidthThatHeadsDoNotDivideIsRefused() {
    assertThatThrownBy(() -> BenchShape.named("800m").withWidth(500)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The width is 500 but must be a multiple of the head size 64 and of the 8 modules.");
  }

  @Test
  void aTerraformerHasAboutAsManyParametersAsTheDenseEncoderDecoderOfItsClass() {
    for (String name : new String[] {"terraformer-800m", "terraformer-17b"}) {
      SourceShape shape = SourceShape.named(name);
      double dense = Models.record(shape.dense(512), TYPES).parameters();
      assertThat(Models.record(shape.terraformer(512), TYPES).parameters() / dense).as(name).isBetween(0.9, 1.25);
    }
  }

  @Test
  void theBytesOfItsDecoderAllowSixtyTimesTheSpeedAt17Billion() {
    SourceShape shape = SourceShape.named("terraformer-17b");
    double dense = WeightTraffic.bytesPerToken(Models.decoder(shape.dense(512), TYPES, 128), weight -> DType.BF16);
    double sparse = WeightTraffic.bytesPerToken(Models.decoder(shape.terraformer(512), TYPES, 128), weight -> DType.BF16);
    assertThat(dense / sparse).isGreaterThan(60);
  }

  private static Program program(BenchShape shape, Variant variant) {
    ModelConfig config = shape.config(variant, 128);
    return TransformerLm.record(config, TYPES);
  }

  private static double bytes(BenchShape shape, Variant variant, DType dtype) {
    return WeightTraffic.bytesPerToken(program(shape, variant), weight -> weight.kind() == Value.Kind.MATRIX ? dtype : DType.F32);
  }
}
