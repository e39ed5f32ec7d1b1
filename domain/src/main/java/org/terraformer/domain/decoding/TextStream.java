package org.terraformer.domain.decoding;

import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.text.Tokenizer;

/**
 * Turns ids that come one by one into text that never has to be taken back: incomplete characters and beginnings of stop texts
 * are held. Only a short window of ids is decoded each time, with enough before it, at first the end of the prompt, that the
 * tokenizer spaces words as in the whole.
 *
 * <p>Of several stop texts the one that is complete first ends the text, wherever the borders of tokens are; of those complete at
 * once the longest.
 */
final class TextStream {
  private static final char REPLACEMENT = '\uFFFD';
  /** Ids of the prompt that are decoded before the first new one. */
  private static final int CONTEXT = 8;
  /** With so many ids held and still no character, what they begin with is no text at all: a character has four bytes at most. */
  private static final int MOST_HELD = 8;
  private static final int MOST_INCOMPLETE = 3;

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private final StringBuilder pending = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private int[] ids;
  private int count;
  private int windowStart;
  private int emitted;
  private boolean stopped;

  /**
   * @param tokenizer null gives no text at all
   * @param prompt the ids before the first that is added
   */
  TextStream(Tokenizer tokenizer, List<String> stops, int[] prompt) {
    this.tokenizer = tokenizer;
    this.stops = stops;
    this.count = Math.min(prompt.length, CONTEXT);
    this.emitted = count;
    this.ids = Arrays.copyOf(Arrays.copyOfRange(prompt, prompt.length - count, prompt.length), 64);
  }

  /** The text that has become certain with this id. */
  String add(int id) {
    if (tokenizer == null) {
      return "";
    }
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = id;
    String before = decode(emitted);
    String now = decode(count);
    if (now.length() > before.length() && now.charAt(now.length() - 1) != REPLACEMENT) {
      return take(before, now, count);
    }
    if (count - emitted <= MOST_HELD) {
      return "";
    }
    int settled = count - MOST_INCOMPLETE;
    return take(before, decode(settled), settled);
  }

  /** What was held back, at the end. */
  String finish() {
    if (tokenizer == null || stopped) {
      return "";
    }
    append(decode(emitted), decode(count));
    return release(true);
  }

  /** Whether a stop text has appeared. */
  boolean stopped() {
    return stopped;
  }

  /** All text so far. */
  String text() {
    return text.toString();
  }

  private String decode(int end) {
    return tokenizer.decode(Arrays.copyOfRange(ids, windowStart, end));
  }

  private String take(String before, String now, int end) {
    // Ids without text leave the window open, so that the last words before them still space what follows.
    if (now.length() > before.length()) {
      windowStart = emitted;
    }
    emitted = end;
    append(before, now);
    return release(false);
  }

  private void append(String before, String now) {
    pending.append(now, Math.min(before.length(), now.length()), now.length());
  }

  private String release(boolean all) {
    int length = stopBegin();
    stopped = length >= 0;
    if (!stopped) {
      length = pending.length() - (all ? 0 : heldBack());
    }
    String released = pending.substring(0, length);
    pending.delete(0, length);
    text.append(released);
    return released;
  }

  /** Where the stop text that is complete first begins in the pending text; -1 if there is none. */
  private int stopBegin() {
    int begin = -1;
    int end = Integer.MAX_VALUE;
    for (String stop : stops) {
      int found = pending.indexOf(stop);
      int foundEnd = found + stop.length();
      if (found >= 0 && (foundEnd < end || foundEnd == end && found < begin)) {
        begin = found;
        end = foundEnd;
      }
    }
    return begin;
  }

  /** The length of the longest end of the pending text that begins a stop text. */
  private int heldBack() {
    int held = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, pending.length()); length > held; length--) {
        if (stop.startsWith(pending.substring(pending.length() - length))) {
          held = length;
        }
      }
    }
    return held;
  }
}
