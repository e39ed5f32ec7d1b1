package org.terraformer.ports.checkpoint;

import java.util.List;
import java.util.Optional;
import org.terraformer.ports.tensor.Tensor;

/** Weights by name. The tensors live as long as their source. */
public interface WeightSource {

  /** Where the weights come from, for messages: a file or folder. */
  String origin();

  List<String> names();

  Optional<Tensor> find(String name);
}
