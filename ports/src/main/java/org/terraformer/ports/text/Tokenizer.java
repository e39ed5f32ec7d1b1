package org.terraformer.ports.text;

import java.util.OptionalInt;

/** Turns text into token ids and back. Closing it frees what it holds outside the heap; most hold nothing. */
public interface Tokenizer extends AutoCloseable {

  /** The number of ids; every id is below it. */
  int vocabularySize();

  /** The ids of a text, without ids for its begin or end. */
  int[] encode(String text);

  /** The text of ids; ids that stand for no text (padding, end) give nothing. Ill-formed UTF-8 becomes U+FFFD. */
  String decode(int[] ids);

  /** The id that ends a text, where the vocabulary has one. */
  OptionalInt endId();

  @Override
  default void close() {}
}
