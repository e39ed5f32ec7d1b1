package org.terraformer.domain.decoding;

import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.text.Tokenizer;

/**
 * Turns ids that come one by one into text that never has to be taken back: incomplete characters and beginnings of stop texts are held.
 * Only a short window of ids is decoded each time, with enough before it that the tokenizer spaces words as in the whole.
 */
final class TextStream {
  private static final char REPLACEMENT = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private final StringBuilder pending = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private int[] ids = new int[64];
  private int count;
  private int windowStart;
  private int emitted;
  private boolean stopped;

  /**
   * @param tokenizer null gives no text at all
   */
  TextStream(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops;
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
    String before = tokenizer.decode(Arrays.copyOfRange(ids, windowStart, emitted));
    String now = tokenizer.decode(Arrays.copyOfRange(ids, windowStart, count));
    if (now.length() <= before.length() || now.charAt(now.length() - 1) == REPLACEMENT) {
      return "";
    }
    windowStart = emitted;
    emitted = count;
    pending.append(now, before.length(), now.length());
    return release(false);
  }

  /** What was held back, at the end. */
  String finish() {
    if (tokenizer == null || stopped) {
      return "";
    }
    if (emitted < count) {
      String before = tokenizer.decode(Arrays.copyOfRange(ids, windowStart, emitted));
      String now = tokenizer.decode(Arrays.copyOfRange(ids, windowStart, count));
      pending.append(now, Math.min(before.length(), now.length()), now.length());
    }
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

  private String release(boolean all) {
    int end = pending.length();
    for (String stop : stops) {
      int found = pending.indexOf(stop);
      if (found >= 0 && (found < end || !stopped)) {
        end = Math.min(end, found);
        stopped = true;
      }
    }
    if (!stopped && !all) {
      end -= heldBack();
    }
    String released = pending.substring(0, end);
    pending.delete(0, end);
    text.append(released);
    return released;
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
