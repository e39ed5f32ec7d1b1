package org.terraformer.domain.layer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.terraformer.domain.layer.sparse.BlockSparseFeedForward;
import org.terraformer.domain.layer.sparse.ConvolutionalDense;
import org.terraformer.domain.layer.sparse.ModularDense;
import org.terraformer.domain.layer.sparse.MultiplicativeDense;
import org.terraformer.domain.layer.sparse.MultiplicativeModularDense;
import org.terraformer.domain.layer.sparse.SparseFeedForward;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.ShapeException;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Layers made in code, without a configuration that checks them, refuse sizes that do not fit too. */
class LayerSizesTest {

  private static void record(Layer layer) {
    Recorder recorder = new Recorder();
    layer.record(recorder.scope("layer"), recorder.input("x", DType.F32, Extent.ROW, 16));
  }

  private static void refused(ThrowingCallable call, String sentence) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @Test
  void modulesMustDivideWhatTheyPart() {
    refused(() -> record(new MultiplicativeDense(3, 16)), "The number of modules is 3 but must divide the 16 units.");
    refused(() -> record(new MultiplicativeModularDense(0, 16)), "The number of modules is 0 but must divide the 16 units.");
    refused(() -> record(new ModularDense(5, 4, 1)), "The number of modules is 5 but must divide the 16 inputs.");
    refused(() -> record(new ConvolutionalDense(5, 4, 1, 1)), "The number of modules is 5 but must divide the 16 inputs.");
  }

  @Test
  void blocksAndExpertsMustDivideTheHiddenUnits() {
    refused(() -> record(new SparseFeedForward(16, 12, 5, 2, false)), "The block size is 5 but must divide the hidden size 12.");
    refused(() -> record(new SparseFeedForward(16, 12, 0, 2, false)), "The block size is 0 but must divide the hidden size 12.");
    refused(() -> record(new BlockSparseFeedForward(16, 12, 7)),
        "The number of experts is 7 but must divide the hidden size 12.");
  }

  @Test
  void aLayerForAnotherWidthNamesItsPlaceAndTheShapes() {
    assertThatThrownBy(() -> record(new Residual(new FeedForward(8, 4, ActivationFunction.RELU))))
        .isInstanceOf(ShapeException.class).hasMessageStartingWith("In layer, operation Add[] needs ")
        .hasMessageContaining("F32[16]");
  }
}
