package org.terraformer.domain.offender;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTokenizerLibraries {
  private KnowsTokenizerLibraries() {}

  static HuggingFaceTokenizer tokenizer;
}
