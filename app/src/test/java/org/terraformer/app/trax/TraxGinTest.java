package org.terraformer.app.trax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.format.gin.GinReader;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;

class TraxGinTest {
  private static final String TRAINING = """
      import trax.models

      attn_type = @wide/trax.layers.MultiplicativeConvCausalAttention
      MultiplicativeConvCausalAttention.sparsity = 16
      wide/MultiplicativeConvCausalAttention.length_kernel_size = 5
      MultiplicativeModularCausalAttention.sparsity = 4
      vocab_size = 32000

      train.model = @trax.models.ConfigurableTransformerLM
      train.optimizer = @trax.optimizers.Adafactor
      train.steps = 1000000
      Adafactor.beta1 = 0.0
      multifactor.factors = 'constant * linear_warmup * rsqrt_decay'
      PositionalEncoding.d_feature = 64
      PositionalEncoding.dropout = 0.1

      ConfigurableTransformerLM.attention_type = %attn_type
      ConfigurableTransformerLM.d_model = 1024
      ConfigurableTransformerLM.d_ff = 6144
      ConfigurableTransformerLM.dropout = 0.1
      ConfigurableTransformerLM.ff_activation = @trax.layers.Relu
      ConfigurableTransformerLM.ff_sparsity = (64, 96)
      ConfigurableTransformerLM.ff_use_sru = (1, 32)
      ConfigurableTransformerLM.loss_sparsity = 4
      ConfigurableTransformerLM.max_len = 512
      ConfigurableTransformerLM.mode = 'train'
      ConfigurableTransformerLM.n_heads = 16
      ConfigurableTransformerLM.n_layers = 24
      ConfigurableTransformerLM.vocab_size = %vocab_size
      SparseFF.multiply_by_controller_output = True
      LayerNorm.epsilon = 1e-5

      TransformerLM.d_model = 8
      TransformerLM.vocab_size = 13
      """;

  private static TraxGin read(String text, Optional<String> model) {
    return TraxGin.of(GinReader.parse(Path.of("config.gin"), text), model);
  }

  private static ModelConfig config(String text, Optional<String> model) {
    TraxGin gin = read(text, model);
    return TraxConfiguration.of(gin.model(), gin.arguments());
  }

  @Test
  void theModelAndItsLayersBecomeAConfiguration() {
    Map<String, Object> map = config(TRAINING, Optional.empty()).toMap();
    assertThat(map).containsEntry("width", 1024).containsEntry("vocabulary_size", 32000).containsEntry("blocks", 24)
        .containsEntry("max_length", 512)
        .containsEntry("normalization", Map.of("type", "layer_norm", "epsilon", 1e-5))
        .containsEntry("positions", Map.of("type", "learned", "features", 64))
        .containsEntry("attention", Map.of("type", "sparse_qkv", "heads", 16, "modules", 16, "kernel_length", 5))
        .containsEntry("feed_forward",
            Map.of("type", "sparse", "hidden_size", 6144, "block_size", 64, "low_rank", 96, "multiply_by_controller", true))
        .containsEntry("recurrence", Map.of("type", "simple_recurrent_unit", "units", 32, "layers", 1))
        .containsEntry("logits", Map.of("type", "multiplicative", "modules", 4));
  }

  @Test
  void whatSaysNothingOfTheModelIsListed() {
    assertThat(read(TRAINING, Optional.empty()).ignored())
        .isEqualTo(List.of("MultiplicativeModularCausalAttention", "train", "Adafactor", "multifactor", "TransformerLM"));
  }

  @Test
  void anotherClassOfTheFileCanBeAskedFor() {
    assertThat(config(TRAINING, Optional.of("TransformerLM")).width()).isEqualTo(8);
  }

  @Test
  void aClassThatAWrapperUsesBringsItsOwnBindings() {
    String text = """
        train.model = @ConfigurableTransformerLM
        ConfigurableTransformerLM.vocab_size = 13
        ConfigurableTransformerLM.n_heads = 4
        ConfigurableTransformerLM.attention_type = @long/PureLSHSelfAttentionWrapper
        PureLSHSelfAttentionWrapper.pure_lsh_implementation = @trax.layers.PureLSHSelfAttention
        PureLSHSelfAttentionWrapper.n_chunks_before = 2
        PureLSHSelfAttention.n_hashes = 4
        PureLSHSelfAttention.n_buckets = 128
        PureLSHSelfAttention.chunk_len = 32
        PureLSHSelfAttention.n_chunks_before = 1
        long/PureLSHSelfAttention.chunk_len = 16
        """;
    assertThat(config(text, Optional.empty()).toMap()).containsEntry("attention",
        Map.of("type", "pure_lsh", "heads", 4, "hashes", 4, "buckets", 128, "chunk_length", 16, "chunks_before", 2));
    assertThat(read(text, Optional.empty()).ignored()).isEqualTo(List.of("train"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SparseFF.kernel_scaling = True", "SparseFF.big_weights_in_bfloat16 = True",
      "SparseFF.ff_chunk_size = 512"})
  void whatMattersAtTheStartOfATrainingOrToMemoryAloneChangesNothing(String line) {
    assertThat(config(TRAINING + line + "\n", Optional.empty()).toMap()).isEqualTo(config(TRAINING, Optional.empty()).toMap());
  }

  @Test
  void infinitePositionsTakeTheirDriftAndTransform() {
    String text = """
        train.model = @ConfigurableTransformerLM
        ConfigurableTransformerLM.vocab_size = 13
        ConfigurableTransformerLM.pos_type = 'infinite'
        InfinitePositionalEncoding.drift = 0.1
        InfinitePositionalEncoding.transform = 'diag'
        """;
    assertThat(config(text, Optional.empty()).positions().toMap())
        .isEqualTo(Map.of("type", "infinite", "drift", 0.1, "transform", "diag"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "train.steps = 5 | config.gin has no train.model, where a class such as @trax.models.ConfigurableTransformerLM is needed.",
      "train.model = 'x' | config.gin says that train.model is x, where a class such as @trax.models.ConfigurableTransformerLM is needed.",
      "train.model = @trax.models.ReformerLM | The trax model trax.models.ReformerLM can't be imported; TransformerLM, "
          + "ConfigurableTransformerLM, TransformerEncoder, ConfigurableTransformerEncoder, Transformer, ConfigurableTransformer, "
          + "ConfigurableTerraformer can."})
  void aFileWithoutAKnownModelIsRefused(String text, String sentence) {
    assertThatThrownBy(() -> config(text, Optional.empty())).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "SRU.activation = @Tanh | config.gin binds SRU.activation, which has no counterpart here; of the layers' own parameters",
      "ConfigurableTransformerLM.width = 5 | The trax argument width of ConfigurableTransformerLM is unknown; known are ",
      "ConfigurableTransformerLM.pos_type = 'infinite-affine' | The trax argument pos_type is infinite-affine but must be None,",
      "wide/MultiplicativeConvCausalAttention.width = 5 | The trax argument width of MultiplicativeConvCausalAttention is unknown; known are",
      "ConfigurableTransformerLM.attention_type = @Magic | The trax argument attention_type is Magic but must be one of"})
  void aBindingWithoutACounterpartIsNamed(String line, String start) {
    assertThatThrownBy(() -> config(TRAINING + line + "\n", Optional.empty())).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith(start);
  }

  @Test
  void aTerraformerWithItsEncoderBecomesAConfiguration() {
    Map<String, Object> map = config("""
        enc_attn_type = @trax.layers.Attention
        dec_attn_type = @trax.layers.MultiplicativeConvCausalAttention
        LSHSelfAttention.chunk_len = 128
        MultiplicativeConvCausalAttention.sparsity = 16
        MultiplicativeConvCausalAttention.length_kernel_size = 3
        PositionalEncoding.d_feature = 64
        train.model = @trax.models.ConfigurableTerraformer
        ConfigurableTerraformer.d_model = 1024
        ConfigurableTerraformer.d_ff = 6144
        ConfigurableTerraformer.dropout = 0.1
        ConfigurableTerraformer.encoder_attention_type = %enc_attn_type
        ConfigurableTerraformer.encoder_decoder_attention_type = %dec_attn_type
        ConfigurableTerraformer.ff_chunk_size = 512
        ConfigurableTerraformer.ff_dropout = 0.1
        ConfigurableTerraformer.ff_sparsity = 64
        ConfigurableTerraformer.ff_use_sru = (1, 32)
        ConfigurableTerraformer.input_vocab_size = 16384
        ConfigurableTerraformer.loss_sparsity = 4
        ConfigurableTerraformer.loss_sparsity_type = 'mult'
        ConfigurableTerraformer.max_len = 32768
        ConfigurableTerraformer.mode = 'train'
        ConfigurableTerraformer.n_decoder_layers = 24
        ConfigurableTerraformer.n_encoder_layers = 24
        ConfigurableTerraformer.n_heads = 16
        ConfigurableTerraformer.n_layers_forget = 0
        ConfigurableTerraformer.pos_type = None
        ConfigurableTerraformer.reversible_encoder = True
        ConfigurableTerraformer.use_two_swaps_per_encoder_block = True
        """, Optional.empty()).toMap();
    assertThat(map).containsEntry("model_type", "terraformer").containsEntry("vocabulary_size", 16384).containsEntry("blocks", 24)
        .containsEntry("positions", Map.of("type", "learned", "features", 64))
        .containsEntry("attention", Map.of("type", "sparse_qkv", "heads", 16, "modules", 16, "kernel_length", 3))
        .containsEntry("feed_forward", Map.of("type", "sparse", "hidden_size", 6144, "block_size", 64, "low_rank", 96))
        .containsEntry("attention_layers", 2)
        .containsEntry("encoder", Map.of("blocks", 24, "attention", Map.of("type", "dense", "heads", 16), "reversible", true, "swaps", 2));
  }

  @Test
  void theSmallModelHasNoSparseArguments() {
    assertThatThrownBy(() -> TraxConfiguration.of("TransformerLM", Map.of("vocab_size", 13, "ff_sparsity", 4)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The trax argument ff_sparsity of TransformerLM is unknown; known are ");
  }

  @Test
  void aMisspeltArgumentIsNamedBeforeTheOneItWasMeantToBe() {
    assertThatThrownBy(() -> TraxConfiguration.of("TransformerLM", Map.of("vocab_sizes", 13)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The trax argument vocab_sizes of TransformerLM is unknown; known are ");
  }
}
