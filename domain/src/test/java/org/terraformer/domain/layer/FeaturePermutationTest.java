package org.terraformer.domain.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.layer.reversible.FeaturePermutation;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.PermuteFeatures;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class FeaturePermutationTest {

  @Test
  void eightFeaturesArePermutedAsInTheReferencesOwnExample() {
    assertThat(recorded(8, false)).isEqualTo(List.of(0, 2, 4, 6, 1, 3, 5, 7));
  }

  @Test
  void theReverseGivesTheFeaturesBack() {
    List<Integer> order = recorded(64, false);
    List<Integer> back = recorded(64, true);
    for (int i = 0; i < 64; i++) {
      assertThat(order.get(back.get(i))).isEqualTo(i);
    }
  }

  @Test
  void aWidthThatIsNoPowerOfTwoIsRefused() {
    assertThatThrownBy(() -> recorded(12, false)).isInstanceOf(InvalidInputException.class)
        .hasMessage("A reshape permutation needs a width that is a power of 2 but it is 12.");
  }

  private static List<Integer> recorded(int width, boolean reverse) {
    Recorder recorder = new Recorder();
    Value x = recorder.input("x", DType.F32, Extent.ROW, width);
    Value y = reverse ? FeaturePermutation.RESHAPED.reverse(recorder, x) : FeaturePermutation.RESHAPED.record(recorder, x);
    assertThat(y.shape()).isEqualTo(x.shape());
    return ((PermuteFeatures) recorder.program().steps().getLast().operation()).order();
  }
}
