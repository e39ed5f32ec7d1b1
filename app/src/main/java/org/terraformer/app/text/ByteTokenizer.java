package org.terraformer.app.text;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.terraformer.ports.text.Tokenizer;

/** UTF-8 bytes as ids 0 to 255. */
public final class ByteTokenizer implements Tokenizer {
  private static final int BYTES = 256;

  @Override
  public int vocabularySize() {
    return BYTES;
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
    int count = 0;
    for (int id : ids) {
      if (id >= 0 && id < BYTES) {
        bytes[count++] = (byte) id;
      }
    }
    return new String(bytes, 0, count, StandardCharsets.UTF_8);
  }

  @Override
  public OptionalInt endId() {
    return OptionalInt.empty();
  }
}
