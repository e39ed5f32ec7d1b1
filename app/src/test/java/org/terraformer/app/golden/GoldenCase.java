package org.terraformer.app.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.terraformer.app.format.SafetensorsFile;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.tensor.Tensor;

/** One recorded case of the reference implementation: a manifest and its tensors. */
public final class GoldenCase {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final JsonNode manifest;
  private final NamedTensors tensors;

  private GoldenCase(Path folder, JsonNode manifest, NamedTensors tensors) {
    this.folder = folder;
    this.manifest = manifest;
    this.tensors = tensors;
  }

  static GoldenCase read(Path file) {
    try {
      JsonNode manifest = JSON.readTree(file.toFile());
      List<Tensor> tensors = new ArrayList<>();
      for (JsonNode part : manifest.path("files")) {
        NamedTensors some = SafetensorsFile.open(file.resolveSibling(part.get("file").asText()), Arena.ofAuto());
        some.names().forEach(name -> tensors.add(some.find(name).orElseThrow()));
      }
      return new GoldenCase(file.getParent(), manifest, new NamedTensors(file.toString(), tensors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path folder() {
    return folder;
  }

  public String name() {
    return manifest.get("case").asText();
  }

  String group() {
    return manifest.get("group").asText();
  }

  String mode() {
    return manifest.path("trax").path("mode").asText();
  }

  /** The simple name of the trax class. */
  public String layer() {
    String name = manifest.path("trax").path("cls").asText();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  @SuppressWarnings("unchecked")
  public Map<String, Object> arguments() {
    JsonNode arguments = manifest.path("trax").path("args");
    return arguments.isObject() ? JSON.convertValue(arguments, Map.class) : Map.of();
  }

  JsonNode node(String name) {
    return manifest.get(name);
  }

  /** As {@link #node}, or a node without children where there is none. */
  JsonNode optional(String name) {
    return manifest.path(name);
  }

  public String field(String name) {
    return manifest.path(name).asText();
  }

  double relativeTolerance() {
    return manifest.get("tolerance").get("rtol").asDouble();
  }

  double absoluteTolerance() {
    return manifest.get("tolerance").get("atol").asDouble();
  }

  boolean has(String tensor) {
    return tensors.find(tensor).isPresent();
  }

  Tensor tensor(String name) {
    return tensors.find(name).orElseThrow(() -> new IllegalStateException(name() + " has no tensor " + name));
  }

  float[] floats(String name) {
    return tensor(name).data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  public int[] ints(String name) {
    return tensor(name).data().toArray(ValueLayout.JAVA_INT_UNALIGNED);
  }

  public int axis(String name, int axis) {
    return tensor(name).shape().intAxis(axis);
  }

  /** The weights as a checkpoint would hold them, in trax's flattened order. */
  List<Tensor> flatWeights() {
    return flatNames().stream().map(this::tensor).toList();
  }

  /**
   * The gradients with respect to the weights, in the same order.
   *
   * @param prefix what their names start with, as {@code grads.}
   */
  List<Tensor> flatGradients(String prefix) {
    return flatNames().stream().map(name -> tensor(prefix + name)).toList();
  }

  /** The weights after a recorded training, in the same order. */
  List<Tensor> finalWeights() {
    return flatNames().stream().map(name -> tensor("outputs.final_" + name)).toList();
  }

  /** Whether gradients with this prefix were recorded; of some variants the loss alone was. */
  boolean hasGradients(String prefix) {
    return has(prefix + flatNames().getFirst());
  }

  private List<String> flatNames() {
    List<JsonNode> entries = new ArrayList<>();
    manifest.path("weights").forEach(entries::add);
    entries.sort(Comparator.comparingInt(entry -> entry.get("flat_index").asInt()));
    return entries.stream().map(entry -> entry.get("tensor").asText()).toList();
  }

  @Override
  public String toString() {
    return name();
  }
}
