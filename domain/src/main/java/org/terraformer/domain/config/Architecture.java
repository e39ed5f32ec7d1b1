package org.terraformer.domain.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.terraformer.ports.failure.InvalidInputException;

/** How the layers of a model are put together: the fields of a configuration that only some architectures have. */
public sealed interface Architecture {

  /** The values of {@code model_type}. */
  enum Type {
    TRANSFORMER_LM, ENCODER_CLASSIFIER, ENCODER_DECODER, TERRAFORMER
  }

  /** The value of {@code model_type} in a configuration. */
  Type type();

  /** {@link #type} as configurations write it, as {@code transformer_lm}. */
  default String name() {
    return type().name().toLowerCase(Locale.ROOT);
  }

  /** {@link #name} with its article, as {@code an encoder_decoder}. */
  default String aName() {
    return ("aeiou".indexOf(name().charAt(0)) < 0 ? "a " : "an ") + name();
  }

  /** Adds the architecture's own fields, as {@link #read} reads them, to a configuration. */
  void put(Map<String, Object> fields);

  /** The encoder beside the decoder, if there is one: such a model reads a source before it generates. */
  default Optional<Encoder> encoder() {
    return Optional.empty();
  }

  /** The same with dense attention in the place of sparse one. */
  default Architecture denseTwin() {
    return this;
  }

  /**
   * Reads the fields of the architecture that {@code model_type} names.
   *
   * @throws InvalidInputException naming the first wrong field
   */
  static Architecture read(Options options) {
    options.require("model_type");
    return switch (options.choice("model_type", Type.class, Type.TRANSFORMER_LM)) {
      case TRANSFORMER_LM -> new DecoderOnly();
      case ENCODER_CLASSIFIER -> new EncoderClassifier(options.size("classes"));
      case ENCODER_DECODER -> {
        Options encoder = options.object("encoder");
        OptionalInt vocabulary = encoder.has("vocabulary_size") ? OptionalInt.of(encoder.size("vocabulary_size")) : OptionalInt.empty();
        EncoderDecoder read = new EncoderDecoder(Encoder.read(encoder), vocabulary, options.layer("cross_attention"));
        encoder.finish();
        yield read;
      }
      case TERRAFORMER -> {
        Options encoder = options.object("encoder");
        Terraformer read = new Terraformer(Encoder.read(encoder), encoder.flag("reversible", false), encoder.integer("swaps", 1, 2, 2),
            options.integer("attention_layers", 1, Terraformer.MOST_ATTENTION_LAYERS, 2),
            options.integer("forget_after", 0, ModelConfig.MOST_BLOCKS, 0), options.layer("outer_normalization", "layer_norm"));
        encoder.finish();
        yield read;
      }
    };
  }

  /** The decoder-only transformer. */
  record DecoderOnly() implements Architecture {
    @Override
    public Type type() {
      return Type.TRANSFORMER_LM;
    }

    @Override
    public void put(Map<String, Object> fields) {
      // It has no field of its own.
    }
  }

  /**
   * An encoder whose rows are averaged and classified; the attention of the configuration is an encoder's.
   *
   * @param classes what the logits are for
   */
  record EncoderClassifier(int classes) implements Architecture {
    @Override
    public Type type() {
      return Type.ENCODER_CLASSIFIER;
    }

    @Override
    public void put(Map<String, Object> fields) {
      fields.put("classes", classes);
    }
  }

  /**
   * The blocks before the decoder; their feed-forward, recurrence and normalisation are those of the decoder.
   *
   * @param blocks the number of blocks
   * @param attention their attention, cycled if there are fewer than blocks
   */
  record Encoder(int blocks, List<LayerSpec> attention) {
    public Encoder {
      attention = List.copyOf(attention);
    }

    private static Encoder read(Options options) {
      return new Encoder(options.integer("blocks", 0, ModelConfig.MOST_BLOCKS), options.layers("attention"));
    }

    private Encoder denseTwin() {
      return new Encoder(blocks, attention.stream().map(layer -> ModelConfig.dense(layer, "heads")).toList());
    }

    private Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("blocks", blocks);
      map.put("attention", ModelConfig.toMap(attention));
      return map;
    }
  }

  /**
   * The transformer with encoder, decoder and cross attention.
   *
   * @param sourceVocabulary the number of source token ids, if the source has a vocabulary and an embedding of its own
   */
  record EncoderDecoder(Encoder source, OptionalInt sourceVocabulary, LayerSpec crossAttention) implements Architecture {
    @Override
    public Type type() {
      return Type.ENCODER_DECODER;
    }

    @Override
    public Optional<Encoder> encoder() {
      return Optional.of(source);
    }

    @Override
    public void put(Map<String, Object> fields) {
      Map<String, Object> encoder = source.toMap();
      sourceVocabulary.ifPresent(size -> encoder.put("vocabulary_size", size));
      fields.put("encoder", encoder);
      fields.put("cross_attention", crossAttention.toMap());
    }

    @Override
    public Architecture denseTwin() {
      return new EncoderDecoder(source.denseTwin(), sourceVocabulary, ModelConfig.dense(crossAttention, "heads"));
    }
  }

  /**
   * The Terraformer: two streams, and a decoder that attends to the source's rows before its own, in the place of cross attention.
   *
   * @param reversibleEncoder whether both streams of the encoder go on into the decoder, as they are; else their mean, through a dense layer and
   *     a normalisation
   * @param encoderSwaps how often the streams are exchanged in a block of the encoder: after attention, or also after the feed-forward
   * @param attentionLayers attention layers of a block of the decoder
   * @param forgetAfter blocks after which the streams are made one again; 0 for never
   * @param outerNormalization the normalisation behind the encoder and the decoder
   */
  record Terraformer(Encoder source, boolean reversibleEncoder, int encoderSwaps, int attentionLayers, int forgetAfter,
      LayerSpec outerNormalization) implements Architecture {
    private static final int MOST_ATTENTION_LAYERS = 16;

    @Override
    public Type type() {
      return Type.TERRAFORMER;
    }

    @Override
    public Optional<Encoder> encoder() {
      return Optional.of(source);
    }

    @Override
    public void put(Map<String, Object> fields) {
      Map<String, Object> encoder = source.toMap();
      encoder.put("reversible", reversibleEncoder);
      encoder.put("swaps", encoderSwaps);
      fields.put("encoder", encoder);
      fields.put("attention_layers", attentionLayers);
      fields.put("forget_after", forgetAfter);
      fields.put("outer_normalization", outerNormalization.toMap());
    }

    @Override
    public Architecture denseTwin() {
      return new Terraformer(source.denseTwin(), reversibleEncoder, encoderSwaps, attentionLayers, forgetAfter, outerNormalization);
    }
  }
}
