package org.terraformer.domain.evaluation.rouge;

/** What is counted as a match. */
public enum RougeType {
  /** Words in common. */
  ROUGE_1("rouge1"),
  /** Pairs of adjacent words in common. */
  ROUGE_2("rouge2"),
  /** The longest common subsequence of the whole texts' words. */
  ROUGE_L("rougeL"),
  /** For each sentence of the reference, the words that are in a longest common subsequence with any sentence of the candidate. */
  ROUGE_LSUM("rougeLsum");

  private final String label;

  RougeType(String label) {
    this.label = label;
  }

  /** The name that the field uses. */
  public String label() {
    return label;
  }
}
