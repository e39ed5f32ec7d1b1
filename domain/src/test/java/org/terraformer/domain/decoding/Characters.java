package org.terraformer.domain.decoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.terraformer.ports.text.Tokenizer;

/** Token ids that are the bytes of the text in UTF-8. */
final class Characters implements Tokenizer {
  static List<Integer> ids(String text) {
    return Arrays.stream(new Characters().encode(text)).boxed().toList();
  }

  @Override
  public int vocabularySize() {
    return 256;
  }

  @Override
  public int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = bytes[i] & 0xFF;
    }
    return ids;
  }

  @Override
  public String decode(int[] ids) {
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bytes[i] = (byte) ids[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.empty();
  }
}
