package org.terraformer.domain.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * The task of LAMBADA (Paperno et al., 2016): to predict the last word of a passage from all before it.
 */
public final class LastWord {
  private LastWord() {}

  /**
   * A passage whose last word is scored, with the space before it.
   *
   * @throws InvalidInputException if it has fewer than two words
   */
  public static Passage of(String text, Tokenizer tokenizer) {
    String passage = text.strip();
    int space = wordStart(passage);
    if (space < 1) {
      throw InvalidInputException.of("The passage \"%s\" has no word before its last.", passage);
    }
    int[] context = tokenizer.encode(passage.substring(0, space));
    int[] all = tokenizer.encode(passage);
    if (all.length > context.length && Arrays.equals(context, 0, context.length, all, 0, context.length)) {
      return new Passage(all, all.length - context.length);
    }
    int[] word = tokenizer.encode(passage.substring(space));
    int[] joined = Arrays.copyOf(context, context.length + word.length);
    System.arraycopy(word, 0, joined, context.length, word.length);
    return new Passage(joined, word.length);
  }

  /** As {@link #of}, of many. */
  public static List<Passage> all(List<String> texts, Tokenizer tokenizer) {
    List<Passage> passages = new ArrayList<>();
    texts.forEach(text -> passages.add(of(text, tokenizer)));
    return passages;
  }

  /** The last word of a passage, with the space before it. */
  public static String word(String text) {
    String passage = text.strip();
    return passage.substring(Math.max(0, wordStart(passage)));
  }

  private static int wordStart(String passage) {
    int at = passage.length() - 1;
    while (at > 0 && !Character.isWhitespace(passage.charAt(at))) {
      at--;
    }
    return at;
  }
}
