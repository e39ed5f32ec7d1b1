package org.terraformer.app.cli;

/** The fields of JSON lines with texts and their summaries, where none are named. */
final class SummaryFields {
  static final String SOURCE = "article";
  static final String TARGET = "abstract";
  static final String CANDIDATE = "summary";

  private SummaryFields() {}
}
