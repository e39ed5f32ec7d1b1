package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.List;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.text.Tokenizer;

/** A sample under way. */
final class GrowingSample {
  /** The ids of the prompt and those generated. */
  final boolean[] seen;
  final SplitMix64 random;
  /** Where its state lies. */
  int slot;
  /** Why it has ended; null as long as it has not. */
  FinishReason reason;

  private final int number;
  private final int[] ids;
  private final double[] logProbabilities;
  private final int maxTokens;
  private final TextStream stream;
  private int length;

  /**
   * @param number its number among the samples of the request
   * @param longest the tokens it can have, as the request and the context allow
   */
  GrowingSample(GenerationRequest request, int[] prompt, int vocabulary, int number, Tokenizer tokenizer, int longest) {
    this.number = number;
    this.maxTokens = request.maxTokens();
    this.ids = new int[longest];
    this.logProbabilities = new double[request.logProbabilities() ? longest : 0];
    this.seen = new boolean[vocabulary];
    for (int id : prompt) {
      seen[id] = true;
    }
    this.random = new SplitMix64(request.seed(), number);
    this.stream = new TextStream(tokenizer, request.stopTexts(), prompt);
  }

  /** Takes a token, which may end it; says whether the listener wants more. */
  boolean add(int id, double logProbability, TokenListener listener) {
    seen[id] = true;
    ids[length] = id;
    if (logProbabilities.length > 0) {
      logProbabilities[length] = logProbability;
    }
    length++;
    boolean goesOn = listener.generated(number, id, stream.add(id));
    if (stream.stopped()) {
      reason = FinishReason.STOP_TEXT;
    } else if (goesOn && length == ids.length) {
      return finish(length == maxTokens ? FinishReason.MAX_TOKENS : FinishReason.CONTEXT_FULL, listener);
    }
    return goesOn;
  }

  /** Ends it; text that was held back becomes certain. Says whether the listener wants more. */
  boolean finish(FinishReason why, TokenListener listener) {
    String rest = stream.finish();
    reason = stream.stopped() ? FinishReason.STOP_TEXT : why;
    return rest.isEmpty() || listener.generated(number, -1, rest);
  }

  void cancel() {
    reason = reason == null ? FinishReason.CANCELLED : reason;
  }

  Sample sample() {
    List<Integer> tokens = new ArrayList<>(length);
    List<Double> logs = new ArrayList<>(logProbabilities.length);
    for (int i = 0; i < length; i++) {
      tokens.add(ids[i]);
      if (logProbabilities.length > 0) {
        logs.add(logProbabilities[i]);
      }
    }
    return new Sample(tokens, stream.text(), logs, reason);
  }
}
