package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.tensor.DType;

/** Decoding leaves nothing to the garbage collector, whatever layers a model has and however its weights are stored. */
class AllocationTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());

  @ParameterizedTest
  @CsvSource({"0, F32, F32, learned, dense, 2", "1, Q8, BF16, infinite, multiplicative, 2", "2, BF16, BF16, fixed_base, local3, 1",
      "3, F32, BF16, sin_cos, low_rank, 1", "4, Q8, F32, none, einsum, 1", "5, BF16, F32, axial, local, 1",
      "6, F16, F32, learned, local3, 2",
      "7, F32, F32, learned, dense, 2", "8, F32, BF16, learned, dense, 1", "9, BF16, F32, learned, dense, 2"})
  void decodingComesToAllocateNothingInAThousandStepsOnAnyThread(
      int first, DType matrices, DType cache, String positions, String logits, int threads) throws Exception {
    DecodingAllocation allocation = new DecodingAllocation(first, matrices, cache, positions, logits, threads);
    long bytes = allocation.measure();
    if (bytes > 0) {
      // What the compiler puts together depends on all that has run; now and then, after hundreds of other tests, it leaves an object.
      bytes = allocation.measureInAnotherMachine();
    }
    assertThat(bytes).as("bytes of a thousand tokens").isZero();
  }

  @ParameterizedTest
  @CsvSource({"ATTENTION", "FEED_FORWARD", "LOGITS", "POSITIONS"})
  void everyLayerTypeIsAmongThem(LayerRole role) {
    List<String> types = switch (role) {
      case ATTENTION -> DecodingAllocation.ATTENTION.stream().map(layer -> layer.get("type").toString()).toList();
      case FEED_FORWARD -> DecodingAllocation.FEED_FORWARD.stream().map(layer -> layer.get("type").toString()).toList();
      case LOGITS -> List.of("dense", "multiplicative", "local3", "low_rank", "einsum", "local");
      default -> List.of("learned", "infinite", "fixed_base", "sin_cos", "none", "axial");
    };
    assertThat(types).containsExactlyInAnyOrderElementsOf(TYPES.names(role));
  }
}
