package org.terraformer.app.golden;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The golden cases that no test runs yet, by name, with what they wait for. */
final class LeftOut {
  private static final String TERRAFORMER = "Terraformer: encoders and encoder-decoder models";
  private static final Map<String, List<String>> BY_REASON = Map.of(
      TERRAFORMER, List.of(
          "e_encdec_dense", "e_encdec_sparse_all", "e_encdec_two_vocabs", "e_encoder_classifier",
          "e_terraformer_default_selfattention", "e_terraformer_dense_nonrev", "e_terraformer_dense_rev",
          "e_terraformer_dense_rev_oneswap", "e_terraformer_fixed_base", "e_terraformer_forget", "e_terraformer_paper",
          "e_terraformer_paper_nopos_chunked", "e_terraformer_sparse_all", "e_terraformer_sparse_ff",
          "g_checkpoint_terraformer_adafactor", "g_trained_transformer_copy"));

  private LeftOut() {}

  static Set<String> names() {
    return BY_REASON.values().stream().flatMap(List::stream).collect(Collectors.toSet());
  }

  static Optional<String> reason(String name) {
    return BY_REASON.entrySet().stream().filter(entry -> entry.getValue().contains(name)).map(Map.Entry::getKey).findFirst();
  }
}
