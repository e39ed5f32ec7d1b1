package org.terraformer.app.trax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DerivedBucketsTest {
  private static List<String> notes(Object encoderAttention, Object attention) {
    return DerivedBuckets.notes(TraxConfiguration.of("ConfigurableTerraformer", Map.of("input_vocab_size", 13, "d_model", 16,
        "n_heads", 2, "max_len", 32_768, "encoder_attention_type", encoderAttention, "encoder_decoder_attention_type", attention)));
  }

  private static Map<String, Object> hashing(Map<String, Object> arguments) {
    return Map.of("partial", "LSHSelfAttention", "kwargs", arguments);
  }

  @Test
  void everyHashingLayerWithoutBucketsIsNamed() {
    assertThat(notes(hashing(Map.of("n_buckets", 128)), hashing(Map.of("chunk_len", 64)))).singleElement().asString()
        .startsWith("n_buckets of attention is not given, from which trax takes 2 * (length / 64) buckets for each text; "
            + "here they are always 1,024 (32 x 32), as for max_length = 32,768.");
    assertThat(notes(hashing(Map.of()), hashing(Map.of("n_buckets", 128)))).singleElement().asString()
        .startsWith("n_buckets of encoder.attention is not given");
  }

  @Test
  void ofOtherAttentionThereIsNothingToSay() {
    assertThat(notes("Attention", "CausalAttention")).isEmpty();
  }
}
