package org.terraformer.ports.checkpoint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.ports.tensor.Tensor;

/** Tensors held in memory, in order. */
public final class NamedTensors implements WeightSource {
  private final String origin;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public NamedTensors(String origin, Collection<Tensor> tensors) {
    this.origin = origin;
    for (Tensor tensor : tensors) {
      if (this.tensors.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("Two tensors of %s are called %s.".formatted(origin, tensor.name()));
      }
    }
  }

  @Override
  public String origin() {
    return origin;
  }

  @Override
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }
}
