package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * Generates samples token by token. Samples of one prompt share its processing: it is fed once, its state copied, and their next tokens
 * are computed together as far as there are slots. Each sample draws from a stream of its own, so that it does not depend on the others.
 */
public final class Generator {
  private final DecodingSession session;
  private final Optional<Tokenizer> tokenizer;

  public Generator(DecodingSession session, Optional<Tokenizer> tokenizer) {
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /**
   * @throws InvalidInputException if the prompt does not fit the model, or stop texts are given without a tokenizer
   */
  public List<Sample> generate(GenerationRequest request, TokenListener listener) {
    if (!request.stopTexts().isEmpty() && tokenizer.isEmpty()) {
      throw new InvalidInputException("Stop texts need a tokenizer, but the model has none; stop ids can be used.");
    }
    int[] prompt = request.prompt().stream().mapToInt(Integer::intValue).toArray();
    if (prompt.length > session.capacity()) {
      throw InvalidInputException.of("The prompt has %d tokens but the model's context holds %d.", prompt.length, session.capacity());
    }
    List<Sample> samples = new ArrayList<>();
    boolean cancelled = false;
    for (int first = 0; first < request.samples() && !cancelled; ) {
      int together = Math.min(session.slots(), request.samples() - first);
      Batch batch = new Batch(request, prompt, first, together);
      cancelled = batch.run(listener);
      samples.addAll(batch.samples());
      first += together;
    }
    return samples;
  }

  /** Samples that are decoded together, sample i in slot i. */
  private final class Batch {
    private final GenerationRequest request;
    private final int first;
    private final int count;
    private final Sampler sampler;
    private final float[] logits;
    private final int[] next;
    private final Growing[] growing;
    private final boolean[] stops;

    private Batch(GenerationRequest request, int[] prompt, int first, int count) {
      int vocabulary = session.vocabularySize();
      this.request = request;
      this.first = first;
      this.count = count;
      this.sampler = new Sampler(request.sampling(), vocabulary);
      this.logits = new float[count * vocabulary];
      this.next = new int[count];
      this.growing = new Growing[count];
      this.stops = new boolean[vocabulary];
      request.stopIds().stream().filter(id -> id >= 0 && id < vocabulary).forEach(id -> stops[id] = true);
      session.reset(0);
      session.feed(0, prompt, prompt.length);
      session.readLogits(logits, 1);
      for (int i = 0; i < count; i++) {
        session.fork(0, i);
        System.arraycopy(logits, 0, logits, i * vocabulary, vocabulary);
        growing[i] = new Growing(request, prompt, vocabulary, first + i, tokenizer.orElse(null),
            Math.min(request.maxTokens(), session.capacity() - prompt.length + 1));
      }
    }

    /** Decodes until all samples have ended; says whether the listener wanted no more. */
    private boolean run(TokenListener listener) {
      while (true) {
        int running = 0;
        for (int i = 0; i < count; i++) {
          if (growing[i].reason == null) {
            next[i] = choose(i, listener);
            if (growing[i].reason == FinishReason.CANCELLED) {
              cancelAll();
              return true;
            }
            running += growing[i].reason == null ? 1 : 0;
          }
        }
        if (running == 0) {
          return false;
        }
        session.step(0, count, next);
        session.readLogits(logits, count);
      }
    }

    private int choose(int i, TokenListener listener) {
      Growing sample = growing[i];
      int start = i * session.vocabularySize();
      int id = sampler.choose(logits, start, sample.seen, sample.random);
      if (stops[id]) {
        sample.finish(FinishReason.STOP_ID, listener);
        return id;
      }
      sample.seen[id] = true;
      sample.ids[sample.length] = id;
      if (request.logProbabilities()) {
        sample.logProbabilities[sample.length] = DecodingSession.logProbability(logits, start, session.vocabularySize(), id);
      }
      sample.length++;
      String text = sample.stream.add(id);
      if (!listener.generated(sample.number, id, text)) {
        sample.reason = FinishReason.CANCELLED;
      } else if (sample.stream.stopped()) {
        sample.reason = FinishReason.STOP_TEXT;
      } else if (sample.length == request.maxTokens()) {
        sample.finish(FinishReason.MAX_TOKENS, listener);
      } else if (session.position(i) >= session.capacity()) {
        sample.finish(FinishReason.CONTEXT_FULL, listener);
      }
      return id;
    }

    private void cancelAll() {
      for (Growing sample : growing) {
        if (sample.reason == null) {
          sample.reason = FinishReason.CANCELLED;
        }
      }
    }

    private List<Sample> samples() {
      List<Sample> samples = new ArrayList<>();
      for (Growing sample : growing) {
        samples.add(sample.done(request.logProbabilities()));
      }
      return samples;
    }
  }

  /** A sample under way. */
  private static final class Growing {
    private final int number;
    private final int[] ids;
    private final double[] logProbabilities;
    private final boolean[] seen;
    private final SplitMix64 random;
    private final TextStream stream;
    private int length;
    private FinishReason reason;

    private Growing(GenerationRequest request, int[] prompt, int vocabulary, int number, Tokenizer tokenizer, int most) {
      this.number = number;
      this.ids = new int[most];
      this.logProbabilities = new double[request.logProbabilities() ? most : 0];
      this.seen = new boolean[vocabulary];
      for (int id : prompt) {
        seen[id] = true;
      }
      this.random = new SplitMix64(request.seed(), number);
      this.stream = new TextStream(tokenizer, request.stopTexts());
    }

    private void finish(FinishReason why, TokenListener listener) {
      reason = why;
      String rest = stream.finish();
      if (stream.stopped()) {
        reason = FinishReason.STOP_TEXT;
      }
      if (!rest.isEmpty()) {
        listener.generated(number, -1, rest);
      }
    }

    private Sample done(boolean withLogProbabilities) {
      List<Integer> all = new ArrayList<>(length);
      List<Double> logs = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        all.add(ids[i]);
        if (withLogProbabilities) {
          logs.add(logProbabilities[i]);
        }
      }
      return new Sample(all, stream.text(), logs, reason);
    }
  }
}
