package org.terraformer.domain.training.optimizer;

import java.util.List;
import org.terraformer.ports.tensor.Tensor;

/** Adafactor's running estimate of the squared gradient of one parameter, gathered piece by piece. */
interface SecondMoment {

  List<Tensor> slots();

  int pieces();

  /** The first element of a piece; of the piece after the last, the number of elements. */
  long start(int piece);

  /** Takes in the tile of gradients at an element of a piece; tiles of a piece come in order. The buffer is free to use. */
  void gather(int piece, long at, float[] gradient, float[] buffer, int count, float decay);

  /** Ends the gathering of all pieces. */
  void finish(float decay);

  /** The estimate's reciprocal root at the elements of a tile: what a gradient is multiplied by. */
  void factors(long at, float[] factors, int count);
}
