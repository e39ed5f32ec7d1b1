package org.terraformer.domain.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.terraformer.ports.failure.InvalidInputException;

/**
 * What a model is made of: its layers, which are those of the decoder where there is also an encoder, and how they are put together. The
 * layers' own options are checked by their types when the model is recorded.
 *
 * @param width d_model, the size of a row
 * @param blocks the number of transformer blocks
 * @param maxLength positions the model knows, the start token included
 * @param attention the attention of the blocks, cycled if there are fewer than blocks
 * @param feedForward the feed-forward of the blocks, cycled likewise
 * @param recurrence a recurrent branch beside the feed-forward, if any
 * @param startId stands before every sequence
 * @param endId ends a text, if the vocabulary has such an id
 * @param paddingId fills sequences behind their end, and is masked in an encoder
 * @param tokenizer the tokenizer, if the folder holds no file for it; read by whoever loads the folder
 * @param generation how the model generates where nobody says otherwise
 * @param architecture how the layers are put together
 */
public record ModelConfig(
    int vocabularySize,
    int width,
    int blocks,
    int maxLength,
    LayerSpec normalization,
    LayerSpec positions,
    List<LayerSpec> attention,
    List<LayerSpec> feedForward,
    Optional<LayerSpec> recurrence,
    LayerSpec logits,
    int startId,
    OptionalInt endId,
    int paddingId,
    Optional<Object> tokenizer,
    Generation generation,
    Architecture architecture) {

  /** The value of {@code model_type} in the configuration of a decoder-only model. */
  public static final String MODEL_TYPE = "transformer_lm";

  static final int MOST_BLOCKS = 1000;

  /**
   * @throws InvalidInputException naming the first number that is out of range, as its field
   */
  public ModelConfig {
    attention = List.copyOf(attention);
    feedForward = List.copyOf(feedForward);
    check("vocabulary_size", vocabularySize, 1, Options.LARGEST_SIZE);
    check("width", width, 1, Options.LARGEST_SIZE);
    check("blocks", blocks, 0, MOST_BLOCKS);
    check("max_length", maxLength, 1, Options.LARGEST_SIZE);
    check("start_id", startId, 0, vocabularySize - 1);
    check("end_id", endId.orElse(0), 0, vocabularySize - 1);
    check("padding_id", paddingId, 0, vocabularySize - 1);
    if (attention.isEmpty() || feedForward.isEmpty()) {
      throw InvalidInputException.of("The field %s is [] but must be a layer or a list of layers.",
          attention.isEmpty() ? "attention" : "feed_forward");
    }
  }

  /** A decoder-only model. */
  public ModelConfig(int vocabularySize, int width, int blocks, int maxLength, LayerSpec normalization, LayerSpec positions,
      List<LayerSpec> attention, List<LayerSpec> feedForward, Optional<LayerSpec> recurrence, LayerSpec logits, int startId, OptionalInt endId,
      int paddingId, Optional<Object> tokenizer) {
    this(vocabularySize, width, blocks, maxLength, normalization, positions, attention, feedForward, recurrence, logits, startId, endId, paddingId,
        tokenizer, Generation.DEFAULT, new Architecture.DecoderOnly());
  }

  private static void check(String field, int value, int least, int most) {
    if (value < least || value > most) {
      throw InvalidInputException.of("The field %s is %d but must be a whole number from %d to %d.", field, value, least, most);
    }
  }

  /**
   * Reads a configuration from plain maps, lists, strings, numbers and booleans.
   *
   * @throws InvalidInputException naming the first wrong field, its value and what is allowed
   */
  public static ModelConfig fromMap(Map<String, Object> map) {
    Options options = new Options("", map);
    Architecture architecture = Architecture.read(options);
    int vocabularySize = options.size("vocabulary_size");
    ModelConfig config = new ModelConfig(
        vocabularySize,
        options.size("width"),
        options.integer("blocks", 0, MOST_BLOCKS),
        options.size("max_length"),
        options.layer("normalization", "layer_norm"),
        options.layer("positions", "learned"),
        options.layers("attention"),
        options.layers("feed_forward"),
        options.has("recurrence") ? Optional.of(options.layer("recurrence")) : Optional.empty(),
        options.layer("logits", "dense"),
        options.integer("start_id", 0, vocabularySize - 1, 0),
        options.has("end_id") ? OptionalInt.of(options.integer("end_id", 0, vocabularySize - 1)) : OptionalInt.empty(),
        options.integer("padding_id", 0, vocabularySize - 1, 0),
        Optional.ofNullable(options.any("tokenizer")),
        options.has("generation") ? Generation.read(options.object("generation")) : Generation.DEFAULT,
        architecture);
    options.finish();
    return config;
  }

  /** The configuration as {@link #fromMap} reads it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("model_type", architecture.name());
    map.put("vocabulary_size", vocabularySize);
    map.put("width", width);
    map.put("blocks", blocks);
    map.put("max_length", maxLength);
    map.put("normalization", normalization.toMap());
    map.put("positions", positions.toMap());
    map.put("attention", toMap(attention));
    map.put("feed_forward", toMap(feedForward));
    recurrence.ifPresent(layer -> map.put("recurrence", layer.toMap()));
    map.put("logits", logits.toMap());
    map.put("start_id", startId);
    endId.ifPresent(id -> map.put("end_id", id));
    map.put("padding_id", paddingId);
    tokenizer.ifPresent(value -> map.put("tokenizer", value));
    if (!generation.equals(Generation.DEFAULT)) {
      map.put("generation", generation.toMap());
    }
    architecture.put(map);
    return map;
  }

  /** One layer as itself, so that reading it again gives it the same path. */
  static Object toMap(List<LayerSpec> layers) {
    return layers.size() == 1 ? layers.getFirst().toMap() : layers.stream().map(LayerSpec::toMap).toList();
  }

  /** The attention of a block. */
  public LayerSpec attentionOf(int block) {
    return attention.get(block % attention.size());
  }

  /** The feed-forward of a block. */
  public LayerSpec feedForwardOf(int block) {
    return feedForward.get(block % feedForward.size());
  }

  /** The same model with other feed-forward layers. */
  public ModelConfig withFeedForward(List<LayerSpec> layers) {
    return new ModelConfig(vocabularySize, width, blocks, maxLength, normalization, positions, attention, layers, recurrence,
        logits, startId, endId, paddingId, tokenizer, generation, architecture);
  }

  /** The same model for sequences of another length. */
  public ModelConfig withMaxLength(int positionsKnown) {
    return new ModelConfig(vocabularySize, width, blocks, positionsKnown, normalization, positions, attention, feedForward, recurrence,
        logits, startId, endId, paddingId, tokenizer, generation, architecture);
  }

  /** The same model with an id that ends a text. */
  public ModelConfig withEndId(int id) {
    return new ModelConfig(vocabularySize, width, blocks, maxLength, normalization, positions, attention, feedForward, recurrence,
        logits, startId, OptionalInt.of(id), paddingId, tokenizer, generation, architecture);
  }

  /** The same model, which reads so many tokens of a source where nobody says otherwise; all that fit if there is no number. */
  public ModelConfig withSourceTokens(OptionalInt tokens) {
    Generation other = new Generation(generation.sampling(), generation.maxTokens(), tokens);
    return new ModelConfig(vocabularySize, width, blocks, maxLength, normalization, positions, attention, feedForward, recurrence,
        logits, startId, endId, paddingId, tokenizer, other, architecture);
  }

  /** The same model with dense attention, feed-forward and logits of the same sizes in the place of sparse ones. */
  public ModelConfig denseTwin() {
    return new ModelConfig(vocabularySize, width, blocks, maxLength, normalization, positions,
        attention.stream().map(layer -> dense(layer, "heads")).toList(),
        feedForward.stream().map(layer -> dense(layer, "hidden_size")).toList(),
        recurrence, new LayerSpec(logits.path(), "dense", Map.of()), startId, endId, paddingId, tokenizer, generation,
        architecture.denseTwin());
  }

  static LayerSpec dense(LayerSpec layer, String size) {
    if (layer.type().equals("dense")) {
      return layer;
    }
    Object value = layer.options().get(size);
    return new LayerSpec(layer.path(), "dense", value == null ? Map.of() : Map.of(size, value));
  }
}
