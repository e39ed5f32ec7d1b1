package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;

class DepthTest {
  private static final SourceShape SHAPE = SourceShape.named("terraformer-800m");

  @ParameterizedTest
  @CsvSource({"0, 0", "5, 5", "24, 24", "30, 24"})
  void theDecoderHasAsManyBlocksAsAskedForAndTheEncoderAtMostAsMany(int blocks, int inEncoder) {
    for (ModelConfig config : new ModelConfig[] {SHAPE.dense(64), SHAPE.terraformer(64)}) {
      ModelConfig other = Depth.of(config, blocks);
      assertThat(other.blocks()).isEqualTo(blocks);
      assertThat(other.architecture().encoder()).map(Architecture.Encoder::blocks).contains(inEncoder);
    }
  }

  @Test
  void nothingElseOfTheModelChanges() {
    for (ModelConfig config : new ModelConfig[] {SHAPE.dense(64), SHAPE.terraformer(64)}) {
      assertThat(Depth.of(Depth.of(config, 30), 24)).isEqualTo(config);
    }
  }
}
