package org.terraformer.app.embedded;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;

/**
 * A language model whose weights are set by hand, so that what it does can be checked by eye: it goes on with the alphabet, or with the
 * digits, from the last character of its prompt. {@code "a b c"} continues with {@code " d e f"}.
 *
 * <p>Features 0 to 127 of a row say which character was read, one-hot. A simple recurrent unit remembers in features 128 to 255 the last
 * character that was no space: its forget gate is open for a space and shut for anything else. After a character the model says a space;
 * after a space, the successor of the character it remembers.
 */
public final class AlphabetModel {
  private static final int CHARACTERS = 128;
  private static final int WIDTH = 2 * CHARACTERS;
  private static final int VOCABULARY = 256;
  private static final float OPEN = 20;
  private static final float SURE = 100;

  private AlphabetModel() {}

  /** Writes its folder. */
  public static Path write(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      new ModelFolder(folder).write(config(), weights(arena), ProgressListener.NONE);
      return folder;
    }
  }

  public static ModelConfig config() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", ModelConfig.MODEL_TYPE);
    map.put("vocabulary_size", VOCABULARY);
    map.put("width", WIDTH);
    map.put("blocks", 1);
    map.put("max_length", 4096);
    map.put("normalization", Map.of("type", "layer_norm", "centred", false));
    map.put("positions", Map.of("type", "none"));
    map.put("attention", Map.of("type", "low_rank", "heads", 1, "low_rank", 1));
    map.put("feed_forward", Map.of("type", "dense", "hidden_size", 1));
    map.put("recurrence", Map.of("type", "simple_recurrent_unit", "units", CHARACTERS, "layers", 1));
    map.put("logits", Map.of("type", "dense"));
    map.put("tokenizer", "bytes");
    return ModelConfig.fromMap(map);
  }

  /** The weights: matrices in BF16, in which all of their values are exact, the rest in F32. */
  public static NamedTensors weights(Arena arena) {
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : TransformerLm.record(config(), new LayerTypes(BuiltInLayerTypes.all())).weights()) {
      float[] values = new float[weight.shape().intElements()];
      fill(weight.name(), values);
      Tensor exact = Tensor.of(weight.name(), weight.shape(), values);
      tensors.add(Conversion.convert(exact, weight.kind() == Value.Kind.MATRIX ? DType.BF16 : DType.F32, arena));
    }
    return new NamedTensors("the alphabet model", tensors);
  }

  private static void fill(String name, float[] values) {
    switch (name) {
      case "embedding.weight" -> {
        for (int id = 0; id < VOCABULARY; id++) {
          values[id * WIDTH + (id < CHARACTERS ? id : '?')] = 1;
        }
      }
      case "blocks.0.recurrence.input.weight" -> {
        for (int i = 0; i < CHARACTERS; i++) {
          values[i * WIDTH + i] = 1;
        }
      }
      case "blocks.0.recurrence.units.0.weight" -> {
        for (int i = 0; i < CHARACTERS; i++) {
          values[(CHARACTERS + i) * CHARACTERS + ' '] = OPEN;
          values[(2 * CHARACTERS + i) * CHARACTERS + i] = 1;
        }
      }
      case "blocks.0.recurrence.units.0.bias" -> {
        java.util.Arrays.fill(values, 0, CHARACTERS, OPEN);
        java.util.Arrays.fill(values, CHARACTERS, 2 * CHARACTERS, -OPEN);
      }
      case "blocks.0.recurrence.output.weight" -> {
        for (int i = 0; i < CHARACTERS; i++) {
          values[(CHARACTERS + i) * CHARACTERS + i] = 1;
        }
      }
      case "logits.weight" -> {
        for (int character = 0; character < CHARACTERS; character++) {
          values[' ' * WIDTH + character] = character == ' ' ? 0 : SURE;
          values[successor(character) * WIDTH + CHARACTERS + character] += 1;
        }
      }
      default -> {
        if (name.endsWith("norm.scale") || name.endsWith("norm.bias")) {
          java.util.Arrays.fill(values, name.endsWith("scale") ? 1 : 0);
        }
      }
    }
  }

  private static int successor(int character) {
    if (character == 'z' || character == 0) {
      return 'a';
    }
    if (character == 'Z') {
      return 'A';
    }
    if (character == '9') {
      return '0';
    }
    boolean counts = character >= 'a' && character < 'z' || character >= 'A' && character < 'Z' || character >= '0' && character < '9';
    return counts ? character + 1 : character;
  }
}
