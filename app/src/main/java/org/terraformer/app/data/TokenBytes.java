package org.terraformer.app.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import org.terraformer.ports.text.TokenSequence;
import org.terraformer.ports.text.Tokenizer;

/** How many bytes of text tokens stand for. */
public final class TokenBytes {
  private static final int PIECE = 1 << 16;

  private TokenBytes() {}

  /**
   * The bytes of the tokens' text in UTF-8; a character that is cut at either end counts as one that replaces it.
   *
   * @param separator stands between texts and is no text
   */
  public static long of(TokenSequence tokens, Tokenizer tokenizer, OptionalInt separator) {
    long bytes = 0;
    for (long from = 0; from < tokens.length(); from += PIECE) {
      int[] piece = new int[(int) Math.min(PIECE, tokens.length() - from)];
      tokens.copy(from, piece, 0, piece.length);
      bytes += bytes(piece, tokenizer, separator);
    }
    return bytes;
  }

  private static long bytes(int[] ids, Tokenizer tokenizer, OptionalInt separator) {
    long bytes = 0;
    int begin = 0;
    for (int end = 0; end <= ids.length; end++) {
      if (end == ids.length || separator.isPresent() && ids[end] == separator.getAsInt()) {
        bytes += text(Arrays.copyOfRange(ids, begin, end), tokenizer);
        begin = end + 1;
      }
    }
    return bytes;
  }

  private static long text(int[] ids, Tokenizer tokenizer) {
    return tokenizer.decode(ids).getBytes(StandardCharsets.UTF_8).length;
  }
}
