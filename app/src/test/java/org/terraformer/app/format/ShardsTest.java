package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.app.format.ModelFolder.WriteOptions;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/** Weights in several files: what is written is read again, and every lie of an index is one sentence. */
class ShardsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir
  private Path folder;
  private Path index;

  @BeforeEach
  void writeShards() {
    index = folder.resolve("model.safetensors.index.json");
    try (Arena arena = Arena.ofConfined()) {
      WeightSource weights = AlphabetModel.weights(arena);
      new ModelFolder(folder).write(AlphabetModel.config(), WeightStream.of(weights), new WriteOptions(400_000, false, Map.of()), ProgressListener.NONE);
    }
  }

  @Test
  void whatIsWrittenInShardsIsReadAgain() throws Exception {
    try (Arena arena = Arena.ofConfined(); var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("config.json", FIRST, SECOND, "model.safetensors.index.json");
      assertThat(Files.size(folder.resolve(FIRST))).isLessThan(410_000);
      WeightSource written = AlphabetModel.weights(arena);
      WeightSource read = new ModelFolder(folder).weights(arena);
      assertThat(read.names()).containsExactlyInAnyOrderElementsOf(written.names());
      for (String name : written.names()) {
        assertThat(read.find(name).orElseThrow().data().mismatch(written.find(name).orElseThrow().data())).as(name).isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1000, 70_000, 1_000_000_000})
  void bothPlanesOfAQ8TensorLieInTheSameShard(long shardBytes, @TempDir Path other) {
    try (Arena arena = Arena.ofConfined()) {
      WeightSource weights = AlphabetModel.weights(arena);
      List<Tensor> quantised = weights.names().stream()
          .map(name -> Conversion.convert(weights.find(name).orElseThrow(), DType.Q8, arena)).toList();
      new ModelFolder(other).write(AlphabetModel.config(), WeightStream.of(new NamedTensors("quantised", quantised)),
          new WriteOptions(shardBytes, false, Map.of()), ProgressListener.NONE);
      WeightSource read = new ModelFolder(other).weights(arena);
      assertThat(read.names()).containsExactlyInAnyOrderElementsOf(weights.names());
      assertThat(quantised).allSatisfy(tensor ->
          assertThat(read.find(tensor.name()).orElseThrow().scales().mismatch(tensor.scales())).isEqualTo(-1));
    }
  }

  @Test
  void aMissingShardIsNamed() throws Exception {
    Files.delete(folder.resolve(SECOND));
    refused("%s names the shard %s, but there is no such file.", index, SECOND);
  }

  @Test
  void aTensorThatIsNotInItsShardIsNamed() throws Exception {
    change(root -> map(root).put("ghost.weight", FIRST));
    refused("%s says that the tensor ghost.weight is in %s, but it is not.", index, FIRST);
  }

  @Test
  void aTensorOfAnotherShardIsNamed() throws Exception {
    change(root -> map(root).put("logits.weight", FIRST));
    refused("%s says that the tensor logits.weight is in %s, but it is in %s.", index, FIRST, SECOND);
  }

  @Test
  void aTensorThatTheIndexDoesNotKnowIsNamed() throws Exception {
    change(root -> map(root).remove("logits.weight"));
    refused("The shard %s holds the tensor logits.weight, of which %s does not know.", SECOND, index);
  }

  @Test
  void aTensorInTwoShardsIsNamed() throws Exception {
    Files.copy(folder.resolve(SECOND), folder.resolve("model-copy.safetensors"));
    change(root -> map(root).put("ghost.weight", "model-copy.safetensors"));
    assertThatThrownBy(this::read).isInstanceOf(InvalidInputException.class)
        .hasMessageMatching("The tensor \\S+ is in two shards of \\S+: " + SECOND + " and model-copy.safetensors\\.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "..", "", "a\\b.safetensors", "x.bin", ".x.safetensors"})
  void aShardOutsideOfTheFolderIsRefused(String shard) throws Exception {
    change(root -> map(root).put("logits.weight", shard));
    refused("%s says that the tensor logits.weight is in %s, but a shard must be a file in the same folder whose name ends with "
        + ".safetensors.", index, shard);
  }

  @Test
  void aWrongTotalSizeIsNamedBesideTheRightOne() throws Exception {
    long right = JSON.readTree(index.toFile()).get("metadata").get("total_size").asLong();
    change(root -> ((ObjectNode) root.get("metadata")).put("total_size", 5));
    refused("%s says that total_size is 5, but the tensors of its shards have %d bytes.", index, right);
  }

  @Test
  void theIndexMayLeaveOutTheTotalSize() throws Exception {
    change(root -> root.remove("metadata"));
    try (Arena arena = Arena.ofConfined()) {
      assertThat(new ModelFolder(folder).weights(arena).names()).isNotEmpty();
    }
  }

  @Test
  void aSingleFileBesideAnIndexIsRefused() throws Exception {
    Files.copy(folder.resolve(FIRST), folder.resolve("model.safetensors"));
    refused("The model folder %s has both model.safetensors and model.safetensors.index.json; only one of them is allowed.", folder);
  }

  @Test
  void noWeightsAtAllAreRefused() throws Exception {
    Files.delete(index);
    refused("The model folder %s has neither model.safetensors nor model.safetensors.index.json.", folder);
  }

  @Test
  void anIndexWithoutAMapIsRefused() throws Exception {
    Files.writeString(index, "{\"metadata\":{}}");
    refused("%s has no weight_map that says in which file each tensor is.", index);
  }

  @Test
  void anIndexWithAnotherFieldIsRefused() throws Exception {
    change(root -> root.put("maps", 1));
    refused("%s has the field maps but only metadata and weight_map are allowed.", index);
  }

  private void read() {
    try (Arena arena = Arena.ofConfined()) {
      new ModelFolder(folder).weights(arena);
    }
  }

  private void refused(String sentence, Object... values) {
    assertThatThrownBy(this::read).isInstanceOf(InvalidInputException.class).hasMessage(sentence.formatted(values));
  }

  private void change(Consumer<ObjectNode> change) throws IOException {
    ObjectNode root = (ObjectNode) JSON.readTree(index.toFile());
    change.accept(root);
    JSON.writeValue(index.toFile(), root);
  }

  private static ObjectNode map(ObjectNode root) {
    return (ObjectNode) root.get("weight_map");
  }
}
