package org.terraformer.app.text;

import java.util.Arrays;
import java.util.OptionalInt;
import org.terraformer.ports.text.Tokenizer;

/**
 * A tokenizer whose ids begin behind some that are kept for other uses, as trax's {@code n_reserved_ids} does it; those stand for no text.
 *
 * @param reserved how many ids are kept
 */
record ReservedIds(Tokenizer tokenizer, int reserved) implements Tokenizer {

  @Override
  public int vocabularySize() {
    return reserved + tokenizer.vocabularySize();
  }

  @Override
  public int[] encode(String text) {
    int[] ids = tokenizer.encode(text);
    for (int i = 0; i < ids.length; i++) {
      ids[i] += reserved;
    }
    return ids;
  }

  @Override
  public String decode(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).filter(id -> id >= reserved).map(id -> id - reserved).toArray());
  }

  @Override
  public OptionalInt endId() {
    return tokenizer.endId().isEmpty() ? OptionalInt.empty() : OptionalInt.of(reserved + tokenizer.endId().getAsInt());
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
