package org.terraformer.app.format;

import java.util.List;
import java.util.function.Consumer;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.tensor.Tensor;

/** Weights that come one after another, so that all of them need not be in memory at once. */
public interface WeightStream {

  /** All that will come, each name once. */
  List<TensorHeader> headers();

  /**
   * Makes the tensors, in any order.
   *
   * @param sink is given each tensor as soon as it is there; its memory is gone when the sink returns
   */
  void forEach(Consumer<Tensor> sink);

  /** The tensors of a source in its order. */
  static WeightStream of(WeightSource source) {
    return new WeightStream() {
      @Override
      public List<TensorHeader> headers() {
        return source.names().stream().map(name -> source.find(name).orElseThrow()).map(TensorHeader::of).toList();
      }

      @Override
      public void forEach(Consumer<Tensor> sink) {
        source.names().forEach(name -> sink.accept(source.find(name).orElseThrow()));
      }
    };
  }
}
