package org.terraformer.domain.decoding;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.terraformer.ports.text.Tokenizer;

/** A vocabulary of given pieces; {@code ▁} at a piece's begin is a space, which the first piece of a text loses. */
record Pieces(List<String> all) implements Tokenizer {
  static Pieces of(String... pieces) {
    return new Pieces(List.of(pieces));
  }

  @Override
  public int vocabularySize() {
    return all.size();
  }

  @Override
  public int[] encode(String text) {
    throw new IllegalStateException("Pieces are for decoding alone.");
  }

  @Override
  public String decode(int[] ids) {
    String joined = IntStream.of(ids).mapToObj(all::get).collect(Collectors.joining());
    return (joined.startsWith("▁") ? joined.substring(1) : joined).replace('▁', ' ');
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.empty();
  }
}
